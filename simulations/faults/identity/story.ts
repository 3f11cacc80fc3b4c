/** Plays one story: tabs and devices of two people, in any order, with what is repeated, late, half done or forgotten. */
import type { DecisionRecord } from '../../../decisioning/record.ts';
import type { AddressWord } from '../../../durable-objects/customer/address.ts';
import type {
  CallFacts,
  DecideReply,
  EventItem,
  EventsReply,
  FeedbackItem,
  Legacy,
  Moved,
} from '../../../durable-objects/customer/protocol.ts';
import { withRetry } from '../../../durable-objects/shared/retry.ts';
import { customerStubByName } from '../../../durable-objects/shared/stub.ts';
import { callCustomer, follow, handOver } from '../calls.ts';
import { differenceOf } from '../sums.ts';
import { nameOf } from '../workspace.ts';
import type { Change } from '../world.ts';
import { PRICE } from './facts.ts';
import { People } from './people.ts';
import { CAMPAIGNS, type Placement, PURCHASE, Stage, WORKSPACE_ID } from './stage.ts';
import { DEVICES, itemsOf, KNOWN, orderOf, type Step, type Unproven } from './steps.ts';

const HOUR_MS = 3_600_000;

export class Story {
  readonly people = new People();
  readonly stage: Stage;
  readonly #tokens: DecisionRecord[] = [];
  /** By device, the name that it has now. */
  readonly #names = [...DEVICES];
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
    if (method === 'forward') people.forwarded(name, args[1] as string, args[2], receivedAtMs);
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
        await this.stage.act(() => this.#link(this.#names[step.device]!, KNOWN[step.as]!, step.until));
        return null;
      case 'prove':
        await this.stage.act(() => this.#prove(step.device, KNOWN[step.as]!, step.until));
        return null;
      case 'plant':
        return this.#plant(step);
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

  /** Who is signed in on a device, linked on the way as the worker does. */
  async #speaker(device: number, as: number): Promise<CallFacts> {
    await this.#link(this.#names[device]!, KNOWN[as]!, 'end');
    return this.stage.facts(KNOWN[as]!, false);
  }

  /**
   * Asks for whoever has an id and no proof, as the worker does: where the id ended they are a stranger, and nobody yet where it is ending and `closed`. What is
   * wrong with whom it comes to is said; null when they are nobody.
   */
  async #unproven<R extends { readonly outcome: string }>(
    { name, stranger, closed }: Unproven,
    callAs: (facts: CallFacts) => Parameters<typeof follow<R>>[2],
  ): Promise<{ readonly facts: CallFacts; readonly reply: Exclude<R, Moved> } | string | null> {
    const { stage, people } = this;
    const facts = stage.facts(name, true);
    const found = await follow<R>(stage.cluster.env, facts, callAs(facts), closed);
    const wrong = people.wrongWay(name, 'astray' in found ? found.astray : null, closed, facts.receivedAtMs);
    if (wrong || !('astray' in found)) return wrong ?? { facts, reply: (found as { reply: Exclude<R, Moved> }).reply };
    if (found.astray === 'ending') return null;
    const next = nameOf(`${stranger} after ${name}`);
    const device = this.#names.indexOf(name);
    // Whoever plants ids does not tell the device.
    if (device >= 0 && stranger === 'tab') this.#names[device] = next;
    return this.#unproven({ name: next, stranger, closed }, callAs);
  }

  async #visit({ device, as, placement, request, first }: Step & { kind: 'visit' }): Promise<string | null> {
    const { stage, people } = this;
    const name = this.#names[device]!;
    if (first && as === null && !stage.cluster.objects.has(`customer ${name}`))
      return this.#firstVisit(name, placement);
    // Whoever repeats a request after an erasure is decided for anew, under the same id: another story.
    const requestId = `r${request}.${people.counts.erased}`;
    if (as === null) return this.#ask(name, 'tab', placement, requestId);
    const { facts, reply } = await stage.act(async () => {
      const speaker = await this.#speaker(device, as);
      const call = stage.decideCall(speaker, requestId, placement);
      const answer = await callCustomer<DecideReply>(stage.cluster.env, speaker, (stub, here) =>
        stub.decide({ ...call, ...here }),
      );
      return { facts: speaker, reply: answer };
    });
    return this.#judge(facts, reply, placement);
  }

  async #ask(
    name: string,
    stranger: Unproven['stranger'],
    placement: Placement,
    requestId: string,
  ): Promise<string | null> {
    const { stage } = this;
    const asked = await stage.act(() =>
      this.#unproven<DecideReply>({ name, stranger, closed: ['ending', 'ended'] }, (facts) => {
        const call = stage.decideCall(facts, requestId, placement);
        return (stub, here) => stub.decide({ ...call, ...here });
      }),
    );
    if (asked === null || typeof asked === 'string') return asked;
    return this.#judge(asked.facts, asked.reply, placement);
  }

  #judge(facts: CallFacts, reply: Exclude<DecideReply, Moved>, placement: Placement): string | null {
    const { people } = this;
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
    const { stage } = this;
    const items = itemsOf(order, `e${event}`);
    const name = this.#names[device]!;
    if (as === null) return this.#say(name, 'tab', items);
    const reply = await stage.act(async () => {
      const speaker = await this.#speaker(device, as);
      return callCustomer<EventsReply>(stage.cluster.env, speaker, (stub, here) => stub.events(here, items, {}));
    });
    return this.#taken(reply);
  }

  /** What is told under an id that is ending still arrives. */
  async #say(name: string, stranger: Unproven['stranger'], items: readonly EventItem[]): Promise<string | null> {
    const said = await this.stage.act(() =>
      this.#unproven<EventsReply>(
        { name, stranger, closed: ['ended'] },
        () => (stub, here) => stub.events(here, items, {}),
      ),
    );
    if (said === null) return 'nobody took it';
    return typeof said === 'string' ? said : this.#taken(said.reply);
  }

  #taken({ results }: Exclude<EventsReply, Moved>): string | null {
    const { people } = this;
    const said = results[0]?.status;
    return said === people.verdict ? null : `${said}, should be ${people.verdict}`;
  }

  /** As the worker does with a proof: the id of before ends, and the device has one that follows from both. */
  async #prove(device: number, known: string, until: 'ended' | 'kept'): Promise<void> {
    const before = this.#names[device]!;
    const moved = await this.#link(before, known, 'end', 'ends');
    if (until === 'ended' || (moved.to === known && moved.leads === 'kept')) return;
    const next = nameOf(`${known} after ${before}`);
    await this.#link(next, known, 'end', 'kept');
    this.#names[device] = next;
  }

  /** Whoever planted a device's first id has it still. */
  async #plant({ device, request, event }: Step & { kind: 'plant' }): Promise<string | null> {
    const name = DEVICES[device]!;
    if (this.people.leads(name, this.stage.nowMs) === 'somewhere') return null;
    if (event !== null) return this.#say(name, 'planter', itemsOf(null, `p${event}`));
    return this.#ask(name, 'planter', 'foot', `p${request}.${this.people.counts.erased}`);
  }

  /** As the worker links, and as far as it comes. */
  async #link(
    anonymous: string,
    known: string,
    until: 'forward' | 'taken' | 'end',
    word?: AddressWord,
  ): Promise<Moved> {
    const { env } = this.stage.cluster;
    const [from, to] = [this.stage.facts(anonymous, true), this.stage.facts(known, false)];
    const moved: Moved = await withRetry(() =>
      customerStubByName(env, WORKSPACE_ID, anonymous).forward(from, known, word),
    );
    const { legacy } = moved;
    if (legacy) this.#legacies.push({ to: moved.to, legacy });
    if (moved.to !== known || !legacy || until === 'forward') return moved;
    if (until === 'end') await handOver(env, from, to, moved);
    else await withRetry(() => customerStubByName(env, WORKSPACE_ID, known).takeLegacy(to, legacy));
    return moved;
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
