/** Plays one story: tabs and devices of two people, in any order, with what is repeated, late, half done or forgotten. */
import type { DecisionRecord } from '../../../decisioning/record.ts';
import type {
  CallFacts,
  DecideReply,
  EventsReply,
  FeedbackItem,
  Legacy,
  Moved,
} from '../../../durable-objects/customer/protocol.ts';
import { withRetry } from '../../../durable-objects/shared/retry.ts';
import { customerStubByName } from '../../../durable-objects/shared/stub.ts';
import { callCustomer, handOver } from '../calls.ts';
import { differenceOf } from '../sums.ts';
import { nameOf } from '../workspace.ts';
import type { Change } from '../world.ts';
import { People, PRICE } from './people.ts';
import { CAMPAIGNS, type Placement, PURCHASE, Stage, WORKSPACE_ID } from './stage.ts';

const DEVICES = ['phone', 'laptop', 'tablet', 'watch', 'telly'].map(nameOf);
const KNOWN = ['ann', 'bob'].map(nameOf);
const HOUR_MS = 3_600_000;

/** One thing that happens; numbers choose among what there is then. */
export type Step =
  /** A page asks: signed in as somebody or not; the first time of a device without an object, sometimes. */
  | {
      readonly kind: 'visit';
      readonly device: number;
      readonly as: number | null;
      readonly placement: Placement;
      readonly request: number;
      readonly first: boolean;
    }
  /** What was decided is seen, or leads to a purchase; again and again with the same token. */
  | { readonly kind: 'see'; readonly token: number }
  | { readonly kind: 'buy'; readonly token: number; readonly order: number | null }
  /** A purchase without a token. */
  | {
      readonly kind: 'tell';
      readonly device: number;
      readonly as: number | null;
      readonly order: number | null;
      readonly event: number;
    }
  /** A page signs in; whoever carries it out may be gone half-way. */
  | { readonly kind: 'link'; readonly device: number; readonly as: number; readonly until: 'forward' | 'taken' | 'end' }
  /** What a device once left is brought again. */
  | { readonly kind: 'bring'; readonly legacy: number }
  | { readonly kind: 'erase'; readonly who: number }
  | { readonly kind: 'evict'; readonly who: number }
  | { readonly kind: 'wait'; readonly hours: number };

export class Story {
  readonly people = new People();
  readonly stage: Stage;
  readonly #tokens: DecisionRecord[] = [];
  readonly #legacies: { readonly to: string; readonly legacy: Legacy }[] = [];
  #moments = 0;

  constructor(seed: number) {
    this.stage = new Stage(seed, ({ kind, name }, changes) => {
      if (kind === 'customer') for (const change of changes) this.#reached(name, change);
    });
  }

  /** Plays, comes to rest, and says what is wrong; null when nothing is. */
  async play(steps: readonly Step[]): Promise<string | null> {
    try {
      for (const step of steps) {
        // No two things happen at one moment.
        await this.stage.wait(1 + (this.#moments++ % 7));
        const wrong = await this.#do(step);
        if (wrong) return `${step.kind}: ${wrong}`;
      }
      // Claims lapse, alarms ring, and who was half-way is stood in for.
      await this.stage.wait(2 * HOUR_MS);
      return this.#wrongAtTheEnd();
    } finally {
      this.stage.cluster.close();
    }
  }

  #wrongAtTheEnd(): string | null {
    const difference = differenceOf(this.stage.counted, this.people.sums);
    if (difference) return difference;
    for (const [id, kind] of this.people.owed) {
      const heard = this.stage.settled.get(`${id} l1`);
      if (heard !== kind) return `the claim of ${id} came to ${heard}, should be ${kind}`;
    }
    return null;
  }

  /** A call has reached an object and changed it. */
  #reached(name: string, { method, args, atMs }: Change): void {
    const { people } = this;
    const { receivedAtMs } = (args[0] ?? {}) as CallFacts;
    if (method === 'forward') people.forwarded(name, args[1] as string);
    else if (method === 'takeLegacy') people.taken((args[1] as Legacy).from, name);
    else if (method === 'erase') people.erased(name, Math.max(receivedAtMs, atMs));
    else if (method === 'feedback')
      for (const item of args[1] as FeedbackItem[]) people.feedback(name, item, receivedAtMs);
    else if (method === 'events') for (const item of args[1] as never[]) people.event(name, item, receivedAtMs);
  }

  async #do(step: Step): Promise<string | null> {
    switch (step.kind) {
      case 'visit':
        return this.#visit(step);
      case 'see':
        return this.#report(step.token, { kind: 'exposure' });
      case 'buy': {
        const goal = { ...PURCHASE, valueMinor: PRICE };
        return this.#report(step.token, { kind: 'goal', goal, orderId: orderOf(step.order) });
      }
      case 'tell':
        return this.#tell(step);
      case 'link':
        await this.stage.act(() => this.#link(DEVICES[step.device]!, KNOWN[step.as]!, step.until));
        return null;
      case 'bring':
        return this.#bring(step.legacy);
      case 'erase':
        return this.#erase(step.who);
      case 'evict':
        this.stage.cluster.objects.get(`customer ${[...DEVICES, ...KNOWN][step.who]}`)?.crash('written');
        return null;
      default:
        await this.stage.wait(step.hours * HOUR_MS);
        return null;
    }
  }

  /** Who a page speaks for: the device, or whoever is signed in on it, linked on the way as the worker does. */
  async #speaker(device: number, as: number | null): Promise<CallFacts> {
    const anonymous = DEVICES[device]!;
    if (as === null) return this.stage.facts(anonymous, true);
    await this.#link(anonymous, KNOWN[as]!, 'end');
    return this.stage.facts(KNOWN[as]!, false);
  }

  async #visit({ device, as, placement, request, first }: Step & { kind: 'visit' }): Promise<string | null> {
    const { stage, people } = this;
    const name = DEVICES[device]!;
    if (first && as === null && !stage.cluster.objects.has(`customer ${name}`))
      return this.#firstVisit(name, placement);
    // Whoever repeats a request after an erasure is decided for anew, under the same id: another story.
    const requestId = `r${request}.${people.counts.erased}`;
    const { facts, reply } = await stage.act(async () => {
      const speaker = await this.#speaker(device, as);
      const call = stage.decideCall(speaker, requestId, placement);
      const answer = await callCustomer<DecideReply>(stage.cluster.env, speaker, (stub, here) =>
        stub.decide({ ...call, ...here }),
      );
      return { facts: speaker, reply: answer };
    });
    if (reply.outcome !== 'decided') return `the answer is ${reply.outcome}`;
    const [decision] = reply.decisions;
    const record = decision?.record ?? null;
    const wrong = reply.repeated
      ? null
      : people.wrongWith(facts.name, CAMPAIGNS[placement], record, facts.receivedAtMs);
    if (record && !reply.repeated) {
      people.decided(record, decision?.claims?.[0]?.decisionId);
      this.#tokens.push(record);
    }
    return wrong;
  }

  /** What the worker decides without an object: all that there is of it is the token. */
  #firstVisit(name: string, placement: Placement): null {
    const record = this.stage.firstVisit(name, `first-${this.#moments}`, placement);
    if (record) this.#tokens.push(record);
    return null;
  }

  async #report(token: number, item: Omit<FeedbackItem, 'index' | 'record'>): Promise<string | null> {
    const { stage, people } = this;
    if (this.#tokens.length === 0) return null;
    // Most is reported soon after it was decided.
    const record = this.#tokens[Math.max(0, this.#tokens.length - 1 - token)]!;
    const items = [{ index: 0, record, ...item }];
    const reply = await stage.act(() =>
      callCustomer<EventsReply>(stage.cluster.env, stage.facts(record.customer, true), (stub, here) =>
        stub.feedback(here, items),
      ),
    );
    const [result] = reply.results;
    const said = result?.reason ?? result?.status;
    return said === people.verdict ? null : `${record.decisionId}: ${said}, should be ${people.verdict}`;
  }

  async #tell({ device, as, order, event }: Step & { kind: 'tell' }): Promise<string | null> {
    const { stage, people } = this;
    const { id: name, windowMs } = PURCHASE;
    const facts = { index: 0, kind: 'goal', name, windowMs, valueMinor: PRICE } as const;
    const items = [{ ...facts, orderId: orderOf(order), eventId: `e${event}` }];
    const reply = await stage.act(async () => {
      const speaker = await this.#speaker(device, as);
      return callCustomer<EventsReply>(stage.cluster.env, speaker, (stub, here) => stub.events(here, items, {}));
    });
    const said = reply.results[0]?.status;
    return said === people.verdict ? null : `${said}, should be ${people.verdict}`;
  }

  /** As the worker links, and as far as it comes. */
  async #link(anonymous: string, known: string, until: 'forward' | 'taken' | 'end'): Promise<void> {
    const { env } = this.stage.cluster;
    const [from, to] = [this.stage.facts(anonymous, true), this.stage.facts(known, false)];
    const moved: Moved = await withRetry(() => customerStubByName(env, WORKSPACE_ID, anonymous).forward(from, known));
    const { legacy } = moved;
    if (legacy) this.#legacies.push({ to: moved.to, legacy });
    if (moved.to !== known || !legacy || until === 'forward') return;
    if (until === 'end') await handOver(env, from, to, moved);
    else await withRetry(() => customerStubByName(env, WORKSPACE_ID, known).takeLegacy(to, legacy));
  }

  async #bring(which: number): Promise<string | null> {
    const { env } = this.stage.cluster;
    if (this.#legacies.length === 0) return null;
    const { to, legacy } = this.#legacies[which % this.#legacies.length]!;
    const facts = this.stage.facts(to, false);
    await this.stage.act(() => withRetry(() => customerStubByName(env, WORKSPACE_ID, to).takeLegacy(facts, legacy)));
    return null;
  }

  /** Somebody known, or a device of nobody who is. */
  async #erase(who: number): Promise<string | null> {
    const { stage, people } = this;
    const name = [...DEVICES, ...KNOWN][who]!;
    if (people.life(name).movedTo !== null || !stage.cluster.objects.has(`customer ${name}`)) return null;
    const facts = stage.facts(name, DEVICES.includes(name));
    await stage.act(() => callCustomer(stage.cluster.env, facts, (stub, here) => stub.erase(here)));
    return null;
  }
}

function orderOf(order: number | null): string | undefined {
  return order === null ? undefined : `o${order}`;
}
