/** Sees every commit of every object, remembers what really happened, and says what must not have. */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import type { RulesSlice } from '../../decisioning/catalog/slice.ts';
import { drawOf, type Receipt, replay } from '../../decisioning/receipt.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import type { LeaseCall } from '../../durable-objects/budget/protocol.ts';
import type {
  DecidedPlacement,
  FeedbackItem,
  ItemResult,
  StoredDecision,
} from '../../durable-objects/customer/protocol.ts';
import { CustomerTruth, type Teller } from './customer-truth.ts';
import type { Host } from './host.ts';
import { DECIDE_DEADLINE_MS, type OptimizeRequest } from './isolate.ts';
import { LeaseTruth } from './lease-truth.ts';
import { Money } from './money.ts';
import type { SimulatedObject } from './object.ts';
import type { Watcher } from './play.ts';
import { wrongWithPrices } from './price-truth.ts';
import { rulesOfHash } from './workspace.ts';
import type { Change } from './world.ts';

export class Oracle implements Watcher, Teller {
  readonly customers = new Map<string, CustomerTruth>();
  readonly money = new Money();
  readonly #leases = new LeaseTruth();
  /** The first thing that went wrong. */
  violation: string | null = null;
  /** How often each thing was checked: a simulation that checks nothing proves nothing. */
  readonly counts = {
    grants: 0,
    claims: 0,
    contacts: 0,
    accepted: 0,
    requests: 0,
    answers: 0,
    defaults: 0,
    leases: 0,
    visits: 0,
  };
  readonly #accepted = new Set<string>();
  /** Requests that wait for their answer. */
  readonly #open = new Set<{ readonly host: Host; readonly atMs: number }>();
  readonly #forgotten = new Set<string>();
  readonly #allocations = new Map<string, Allocation>();
  /** campaign → version that is published. */
  readonly #versions = new Map<string, number>();

  violated(what: string): void {
    this.violation ??= what;
  }

  committed(object: SimulatedObject, changes: readonly Change[]): void {
    if (object.kind === 'customer') {
      let truth = this.customers.get(object.name);
      if (!truth) {
        truth = new CustomerTruth(object, this);
        this.customers.set(object.name, truth);
      }
      truth.committed(changes);
    } else if (object.kind === 'budget') {
      for (const { method, args, atMs } of changes) {
        if (method !== 'lease') continue;
        const call = args[0] as LeaseCall;
        this.counts.leases += 1;
        this.money.leased(object, call.leaseId);
        const wrong = this.#leases.wrongWith(object, call, atMs);
        if (wrong) this.violated(wrong);
      }
      const wrong = this.money.wrongWith(object);
      if (wrong) this.violated(wrong);
    } else if (object.kind === 'publisher') {
      for (const { method, args } of changes) if (method === 'offer') this.#offered(object, args[1] as Allocation);
    }
  }

  #offered(publisher: SimulatedObject, allocation: Allocation): void {
    const { campaignId, version } = allocation;
    this.#allocations.set(`${campaignId} ${version}`, allocation);
    const [row] = publisher.database
      .exec('SELECT version FROM allocations WHERE campaign_id = ?', [campaignId])
      .toArray();
    const published = (row?.version as number | undefined) ?? 0;
    const before = this.#versions.get(campaignId) ?? 0;
    if (published < before) this.violated(`allocation: that of ${campaignId} went back from ${before} to ${published}`);
    this.#versions.set(campaignId, published);
  }

  granted(stored: StoredDecision, receipt: Receipt, nowMs: number): void {
    const { record, claims } = stored;
    this.counts.grants += 1;
    if (claims) this.counts.claims += 1;
    const wrong = this.money.wrongWithClaims(stored, nowMs);
    if (wrong) this.violated(wrong);
    this.#chosen(record, receipt);
  }

  /** A first visit was decided for, by a worker alone: nothing is stored until its token comes back. */
  proposed(record: DecisionRecord, receipt: Receipt): void {
    this.counts.visits += 1;
    this.#chosen(record, receipt);
  }

  /** The receipt replays to the choice, and the choice was drawn by the published policy. */
  #chosen(record: DecisionRecord, receipt: Receipt): void {
    const slices = Object.fromEntries(
      Object.entries(receipt.rules).map(([placement, hash]) => [placement, rulesOfHash(hash)]),
    );
    const decision = replay(receipt, slices).find(({ decisionId }) => decisionId === record.decisionId);
    const again = decision?.chosen;
    const same =
      again?.campaign.id === record.campaignId &&
      again.armId === record.armId &&
      again.leaf === record.leaf &&
      again.propensityCampaign === record.propensityCampaign &&
      again.propensityArm === record.propensityArm;
    if (!decision || !again || !same) {
      this.violated(`receipt: ${record.decisionId} replays to something else`);
      return;
    }
    const prices = wrongWithPrices(decision, receipt, slices[decision.placement] as RulesSlice);
    if (prices) this.violated(prices);
    if (record.armId === HOLDOUT_ARM || record.sticky) return;
    const { allocationVersion, campaign } = again;
    const drawn = drawOf(receipt, campaign, record.leaf, undefined);
    const published =
      allocationVersion === campaign.initialAllocation.version
        ? campaign.initialAllocation
        : this.#allocations.get(`${campaign.id} ${allocationVersion}`);
    const arm = campaign.armIds.indexOf(record.armId);
    const policy = published?.leaves[record.leaf]?.probabilities[arm];
    if (policy !== record.propensityArm || drawn?.[arm]?.probability !== policy)
      this.violated(`propensity: ${record.decisionId} says ${record.propensityArm}, the policy ${policy}`);
  }

  contacted(stored: StoredDecision, inTime: boolean): void {
    this.counts.contacts += 1;
    this.money.contacted(stored, inTime);
    if (stored.claims && stored.settled !== (inTime ? 'post' : 'void'))
      this.violated(
        `money: ${stored.record.decisionId} was seen ${inTime ? 'in time' : 'late'} and came to ${stored.settled}`,
      );
  }

  forgotten({ decisionId }: DecisionRecord): void {
    // Whoever repeats the request after an erasure is decided for anew, under the same id.
    this.#forgotten.add(decisionId);
    this.money.forgotten(decisionId);
  }

  asked(host: Host, atMs: number): () => void {
    this.counts.requests += 1;
    const request = { host, atMs };
    this.#open.add(request);
    return () => this.#open.delete(request);
  }

  /** Requests of isolates that live, or lived long enough to answer, and never did. */
  wrongWithAnswers(nowMs: number): string | null {
    for (const { host, atMs } of this.#open)
      if (host.alive && nowMs - atMs > DECIDE_DEADLINE_MS)
        return `answer: none came to a request of ${host.name} at ${atMs}`;
    return null;
  }

  answered(_request: OptimizeRequest, decisions: readonly DecidedPlacement[] | null, tookMs: number): void {
    this.counts.answers += 1;
    if (!decisions) this.counts.defaults += 1;
    if (tookMs > DECIDE_DEADLINE_MS) this.violated(`answer: a caller waited for ${tookMs} ms`);
  }

  acknowledged({ record, kind, goal, orderId }: FeedbackItem, { status }: ItemResult): void {
    if (status !== 'accepted' || this.#forgotten.has(record.decisionId)) return;
    this.counts.accepted += 1;
    const key = `${record.decisionId} ${kind} ${goal?.id} ${orderId}`;
    if (this.#accepted.has(key)) this.violated(`reward: ${key} was accepted twice`);
    this.#accepted.add(key);
  }
}
