/**
 * What is true of people whose devices turn out to be theirs: plain facts, in the order in which calls reached the objects, and the sums they
 * make. Shares no code with what it judges.
 */
import type { DecisionRecord } from '../../../decisioning/record.ts';
import type { EventItem, FeedbackItem } from '../../../durable-objects/customer/protocol.ts';
import { addTo, type Sums } from '../sums.ts';
import { type Fact, HOLDOUT, isTold, isTouch, keptOf, type Life, PRICE, type Told, trialOf } from './facts.ts';
import { CAP, hourOf, PURCHASE } from './stage.ts';

const GRACE_MS = 60_000;

export type Verdict = 'accepted' | 'duplicate' | 'customer_erased' | 'expired_token' | 'outside_window';

export class People {
  readonly sums: Sums = {};
  /** Name of a claim → what it comes to. */
  readonly owed = new Map<string, 'post' | 'void'>();
  /** What became of the last item that reached an object. */
  verdict: Verdict | null = null;
  /** How much was checked. */
  readonly counts = {
    linked: 0,
    granted: 0,
    seen: 0,
    outcomes: 0,
    capped: 0,
    kept: 0,
    erased: 0,
    closed: 0,
    strangers: 0,
  };
  readonly #lives = new Map<string, Life>();

  life(name: string): Life {
    let life = this.#lives.get(name);
    if (!life) {
      life = {
        name,
        movedTo: null,
        endsAtMs: null,
        erasedAtMs: null,
        bucketingId: name,
        facts: [],
        told: [],
        enrolments: new Map(),
        taken: new Map(),
      };
      this.#lives.set(name, life);
    }
    return life;
  }

  /** Who a name stands for by now. */
  whoIs(name: string): Life {
    const life = this.life(name);
    return life.movedTo === null ? life : this.life(life.movedTo);
  }

  /** The first link stays, and so does the end that a proof gives it; an id that was given out for a proof has none. */
  forwarded(name: string, to: string, word: unknown, atMs: number): void {
    const life = this.life(name);
    life.movedTo ??= to;
    if (life.movedTo !== to || word === undefined) return;
    life.endsAtMs ??= word === 'kept' ? Number.POSITIVE_INFINITY : atMs + GRACE_MS;
  }

  /** What is wrong with where a name led whoever has no proof; null when nothing is. `astray`: it led nowhere. */
  wrongWay(name: string, astray: string | null, closed: readonly string[], nowMs: number): string | null {
    const leads = this.leads(name, nowMs);
    if (astray === null)
      return leads === 'ended' || closed.includes(leads) ? `an id that is ${leads} was followed` : null;
    this.counts.closed += 1;
    if (astray === 'ended') this.counts.strangers += 1;
    return leads === astray ? null : `an id is ${astray}, and should be ${leads}`;
  }

  /** Where a name leads whoever has no proof. */
  leads(name: string, nowMs: number): 'somewhere' | 'ending' | 'ended' {
    const { endsAtMs } = this.life(name);
    if (endsAtMs === null || endsAtMs === Number.POSITIVE_INFINITY) return 'somewhere';
    return nowMs < endsAtMs ? 'ending' : 'ended';
  }

  /** What a device left reached the known customer; once. */
  taken(from: string, to: string): void {
    const [left, into] = [this.life(from), this.life(to)];
    if (into.taken.has(from)) return;
    this.counts.linked += 1;
    into.taken.set(from, left.erasedAtMs ?? 0);
    const isUndrawn = into.bucketingId === to && into.facts.length === 0 && into.enrolments.size === 0;
    if (isUndrawn && into.erasedAtMs === null) into.bucketingId = left.bucketingId;
    const sinceMs = into.erasedAtMs ?? Number.NEGATIVE_INFINITY;
    into.facts = [...into.facts, ...left.facts.filter(({ record }) => record.atMs > sinceMs)];
    into.facts.sort((a, b) => a.record.atMs - b.record.atMs);
    for (const told of left.told) if (told.atMs > sinceMs && !isTold(into, told)) into.told.push(told);
    for (const [campaignId, enrolment] of left.enrolments)
      if (!into.enrolments.has(campaignId) && enrolment.record.atMs > sinceMs)
        into.enrolments.set(campaignId, enrolment);
    left.facts = [];
    left.told = [];
    left.enrolments = new Map();
  }

  erased(name: string, atMs: number): void {
    this.counts.erased += 1;
    const life = this.life(name);
    Object.assign(life, { erasedAtMs: atMs, bucketingId: name, facts: [], told: [], enrolments: new Map() });
  }

  /** What is wrong with an answer, in words; null when nothing is. To be asked before {@link decided}. */
  wrongWith(name: string, campaignId: string, record: DecisionRecord | null, nowMs: number): string | null {
    const life = this.whoIs(name);
    const facts = life.facts.filter((fact) => fact.record.campaignId === campaignId);
    const used = facts.filter((fact) => isTouch(fact, nowMs)).length;
    const isCapped = campaignId === 'days';
    if (!record) {
      this.counts.capped += 1;
      return isCapped && used < CAP ? `only ${used} of ${CAP} touches are used, and nothing was shown` : null;
    }
    this.counts.granted += 1;
    if (record.bucketingId !== life.bucketingId)
      return `bucketing id is ${record.bucketingId}, was ${life.bucketingId}`;
    if (isCapped && record.armId !== HOLDOUT && used >= CAP)
      return `${used} of ${CAP} touches were used, and one more was granted`;
    const kept = keptOf(facts, life.bucketingId, nowMs);
    if (!kept) return record.sticky ? 'an arm is kept that was nobody’s' : null;
    this.counts.kept += 1;
    const same = kept.armId === record.armId && kept.periodKey === record.periodKey;
    return same ? null : `arm ${record.armId} (${record.periodKey}) in place of ${kept.armId} (${kept.periodKey})`;
  }

  /** A decision that an object made and stored, and the name that ledgers know its claim by. */
  decided(record: DecisionRecord, claim: string | undefined): void {
    const life = this.whoIs(record.customer);
    if (life.facts.some((fact) => fact.record.decisionId === record.decisionId)) return;
    const fact = this.#born(life, record);
    if (claim === undefined) return;
    fact.claim = claim;
    this.owed.set(claim, 'void');
  }

  feedback(name: string, { record, kind, orderId }: FeedbackItem, nowMs: number): void {
    const life = this.life(name);
    const found = life.facts.find((fact) => fact.record.decisionId === record.decisionId);
    const refused = found ? null : this.#refusal(life, record, nowMs);
    if (refused) {
      this.verdict = refused;
      return;
    }
    const fact = found ?? this.#born(life, record);
    this.verdict = kind === 'exposure' ? this.#see(life, fact, nowMs) : this.#goal(life, fact, nowMs, orderId);
  }

  /** A purchase that was told without a token. */
  event(name: string, { orderId, eventId }: EventItem, nowMs: number): void {
    const life = this.life(name);
    const told = { atMs: nowMs, orderId, eventId };
    this.verdict = isTold(life, told) ? 'duplicate' : 'accepted';
    if (this.verdict === 'duplicate') return;
    this.#reach(life, told);
    for (const campaignId of ['days', 'paid', 'free']) {
      const seen = life.facts.filter(
        ({ record, seenAtMs }) =>
          record.campaignId === campaignId && seenAtMs !== null && nowMs <= record.atMs + PURCHASE.windowMs,
      );
      seen.sort((a, b) => a.seenAtMs! - b.seenAtMs! || a.record.atMs - b.record.atMs);
      const latest = seen.at(-1);
      if (latest) this.#credit(life, latest, nowMs, orderId);
    }
  }

  #refusal(life: Life, record: DecisionRecord, nowMs: number): Verdict | null {
    if (life.erasedAtMs !== null && record.atMs <= life.erasedAtMs) return 'customer_erased';
    if (record.expiresAtMs <= nowMs) return 'expired_token';
    // What a device had erased before it became known stays erased; other devices have nothing to do with it.
    return record.atMs <= (life.taken.get(record.customer) ?? 0) ? 'expired_token' : null;
  }

  #born(life: Life, record: DecisionRecord): Fact {
    const fact: Fact = { record, seenAtMs: null, isTrial: false, isConverted: false, orders: [] };
    life.facts.push(fact);
    life.facts.sort((a, b) => a.record.atMs - b.record.atMs);
    if (record.measuresLift && !life.enrolments.has(record.campaignId)) {
      const since = life.told.filter(
        (told) => told.atMs >= record.atMs && told.atMs <= record.atMs + PURCHASE.windowMs,
      );
      life.enrolments.set(record.campaignId, { record, isConverted: since.length > 0 });
      const change = {
        customers: 1,
        convertedCustomers: since.length > 0 ? 1 : 0,
        customerRevenueMinor: since.length * PRICE,
      };
      this.#count(record, record.atMs, change, '*');
    }
    return fact;
  }

  #see(life: Life, fact: Fact, nowMs: number): Verdict {
    const { record } = fact;
    if (fact.seenAtMs !== null) return 'duplicate';
    this.counts.seen += 1;
    fact.isTrial = !trialOf(life, record);
    fact.seenAtMs = nowMs;
    if (fact.claim !== undefined && nowMs <= record.claimExpiresAtMs) this.owed.set(fact.claim, 'post');
    this.#count(record, nowMs, { exposures: 1, trials: fact.isTrial ? 1 : 0 });
    return 'accepted';
  }

  #goal(life: Life, fact: Fact, nowMs: number, orderId: string | undefined): Verdict {
    const verdict = this.#credit(life, fact, nowMs, orderId);
    const told = { atMs: nowMs, orderId, eventId: undefined };
    if (verdict === 'accepted' && !isTold(life, told)) this.#reach(life, told);
    return verdict;
  }

  /** Once per decision and order, to the trial of its period. */
  #credit(life: Life, fact: Fact, nowMs: number, orderId: string | undefined): Verdict {
    const { record } = fact;
    if (nowMs > record.expiresAtMs) return 'expired_token';
    if (nowMs > record.atMs + PURCHASE.windowMs) return 'outside_window';
    if (fact.orders.length > 0 && (orderId === undefined || fact.orders.includes(orderId))) return 'duplicate';
    this.#see(life, fact, nowMs);
    this.counts.outcomes += 1;
    const isCounted = life.facts.some(
      (other) =>
        other.record.campaignId === record.campaignId && orderId !== undefined && other.orders.includes(orderId),
    );
    fact.orders.push(orderId ?? '');
    const trial = fact.isTrial ? fact : trialOf(life, record);
    if (!trial) return 'accepted';
    const change = { conversions: trial.isConverted ? 0 : 1, revenueMinor: isCounted ? 0 : PRICE };
    trial.isConverted = true;
    this.#count(trial.record, trial.seenAtMs!, change);
    return 'accepted';
  }

  #reach(life: Life, told: Told): void {
    life.told.push(told);
    for (const enrolment of life.enrolments.values()) {
      const { atMs } = enrolment.record;
      if (told.atMs < atMs || told.atMs > atMs + PURCHASE.windowMs) continue;
      const change = { convertedCustomers: enrolment.isConverted ? 0 : 1, customerRevenueMinor: PRICE };
      enrolment.isConverted = true;
      this.#count(enrolment.record, atMs, change, '*');
    }
  }

  #count(record: DecisionRecord, atMs: number, change: Record<string, number>, treated?: '*'): void {
    const arm = treated && record.armId !== HOLDOUT ? treated : record.armId;
    addTo(this.sums, `${record.campaignId} ${record.leaf} ${arm} ${hourOf(atMs)}`, change);
  }
}
