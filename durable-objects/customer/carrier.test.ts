/** Who carries for whom, how much at a time, and what becomes of what is lost on the way. */
import { describe, expect, test } from 'vitest';
import type { Bundle, Delivery, DeliveryReply } from '../campaign/protocol.ts';
import { MAX_BUNDLE_PARCELS } from '../campaign/protocol.ts';
import type { StubSource } from '../shared/stub.ts';
import { Carrier, GATHER_MS, MAX_CALLS, MAX_WAITING_PARCELS, type Parcel, ROUND_LOST_MS } from './carrier.ts';
import { DELIVERY_WAKE_MS } from './limits.ts';
import { emptyOutbox, putLast } from './outbox.ts';

type Applied = readonly string[];

/** What a shard says: of one, of several. */
interface Shard {
  apply(delivery: Delivery): Promise<DeliveryReply>;
  applyAll(bundle: Bundle): Promise<readonly (DeliveryReply | null)[]>;
}

const ackOf = ({ events }: Pick<Delivery, 'events'>): DeliveryReply => ({
  outcome: 'applied',
  ackedSeq: events.at(-1)?.seq ?? 0,
});

/** A carrier whose time is a number and whose waits end by hand, and the sources of each call that it makes. */
function scene(changes: Partial<Shard> = {}) {
  const state = { nowMs: 1_000_000 };
  const calls: Applied[] = [];
  const waits: (() => void)[] = [];
  const shard: Shard = {
    apply: async (delivery) => ackOf(delivery),
    applyAll: async ({ parcels }) => parcels.map(ackOf),
    ...changes,
  };
  const stub = {
    apply: (delivery: Delivery) => {
      calls.push([delivery.source]);
      return shard.apply(delivery);
    },
    applyAll: (bundle: Bundle) => {
      calls.push(bundle.parcels.map(({ source }) => source));
      return shard.applyAll(bundle);
    },
  };
  const env = { NAMING_SECRET: '11'.repeat(32), SHIELD: 'off', CAMPAIGN_SHARD: { getByName: () => stub } };
  const carrier = new Carrier(env as unknown as StubSource, {
    now: () => state.nowMs,
    wait: () => new Promise<void>((end) => waits.push(end)),
  });
  /** Ends the oldest wait. */
  const elapse = async () => {
    state.nowMs += GATHER_MS;
    waits.shift()!();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { state, calls, waits, carrier, elapse };
}

/** One event of a customer, which rides in the row of a decision. */
function parcelOf(source: string, seq = 1, sums?: Record<string, readonly number[]>): Parcel {
  const outbox = emptyOutbox();
  const told = { seq, leaf: 'rest', arm: 'a', hour: 1, atMs: 1, change: { exposures: 1 }, ...(sums && { sums }) };
  putLast(outbox, { event: { ...told, campaignId: 'c', shard: 0 }, home: 'd', isOld: false });
  const delivery = { workspaceId: 'w', campaignId: 'c', shard: 0, source, events: [told] };
  return { delivery, outbox, state: 'waiting' };
}

const refused = () => Promise.reject(Object.assign(new Error('down'), { remote: true }));

describe('a parcel', () => {
  test('goes at once when nobody carries to its shard, and what is left meanwhile goes together', async () => {
    const { calls, carrier, elapse } = scene();
    const [ann, bob, cid] = [parcelOf('ann'), parcelOf('bob'), parcelOf('cid')];
    expect([carrier.leave(ann), carrier.isUnderWay(ann.delivery)]).toEqual([false, false]);
    const round = carrier.begin(ann);
    expect([carrier.leave(bob), carrier.leave(cid)]).toEqual([true, true]);
    await elapse();
    await elapse();
    await round;
    expect(calls).toEqual([['ann'], ['bob', 'cid']]);
    for (const { outbox, state } of [ann, bob, cid]) expect([outbox.waiting, state]).toEqual([[], 'arrived']);
    expect([carrier.isUnderWay(ann.delivery), carrier.leave(ann)]).toEqual([false, false]);
  });

  test('that is left again before it went is carried once, as it is then', async () => {
    const { calls, carrier, elapse } = scene();
    const round = carrier.begin(parcelOf('ann'));
    const [before, after] = [parcelOf('bob', 1), parcelOf('bob', 2)];
    carrier.leave(before);
    carrier.leave(after);
    await elapse();
    await elapse();
    await round;
    expect([calls, before.state, after.state]).toEqual([[['ann'], ['bob']], 'waiting', 'arrived']);
  });

  test('for another shard, campaign or workspace is no affair of this round', () => {
    const { carrier } = scene();
    const { delivery } = parcelOf('ann');
    void carrier.begin(parcelOf('ann'));
    for (const other of [{ shard: 1 }, { campaignId: 'd' }, { workspaceId: 'v' }])
      expect(carrier.isUnderWay({ ...delivery, ...other })).toBe(false);
  });

  test('that has come to a row of its own meanwhile stays: its row is its object’s to remove', async () => {
    const { carrier, elapse } = scene();
    const round = carrier.begin(parcelOf('ann'));
    const bob = parcelOf('bob');
    carrier.leave(bob);
    bob.outbox.waiting[0]!.home = null;
    await elapse();
    await elapse();
    await round;
    expect([bob.outbox.waiting.length, bob.state]).toEqual([1, 'arrived']);
  });

  test('that its shard does not take, or that is lost on its way, is known to be lost and stays', async () => {
    const { carrier, elapse } = scene({ applyAll: async ({ parcels: [bob] }) => [ackOf(bob!), null] });
    const lost = scene({ apply: refused });
    const [ann, bob, cid, dan] = [parcelOf('ann'), parcelOf('bob'), parcelOf('cid'), parcelOf('dan')];
    const rounds = [carrier.begin(ann), lost.carrier.begin(dan)];
    carrier.leave(bob);
    carrier.leave(cid);
    await elapse();
    await elapse();
    await lost.elapse();
    await Promise.all(rounds);
    expect([ann, bob, cid, dan].map(({ state }) => state)).toEqual(['arrived', 'arrived', 'lost', 'lost']);
    expect([cid, dan].map(({ outbox }) => outbox.waiting.length)).toEqual([1, 1]);
  });

  test('is told by itself to a shard of a version that takes one at a time', async () => {
    const unknown = () => Promise.reject(new TypeError('The RPC receiver does not implement the method "applyAll".'));
    const { calls, carrier, elapse } = scene({ applyAll: unknown });
    const round = carrier.begin(parcelOf('ann'));
    const [bob, cid] = [parcelOf('bob'), parcelOf('cid')];
    carrier.leave(bob);
    carrier.leave(cid);
    await elapse();
    await elapse();
    await round;
    expect([bob.state, cid.state]).toEqual(['arrived', 'arrived']);
    expect(calls.filter(({ length }) => length === 1)).toEqual([['ann'], ['bob'], ['cid']]);
  });
});

describe('a round', () => {
  test(`takes ${MAX_BUNDLE_PARCELS} at a time, and fewer where they hold long sums`, async () => {
    const { calls, carrier, elapse } = scene();
    const round = carrier.begin(parcelOf('first'));
    for (let i = 0; i < MAX_BUNDLE_PARCELS + 1; i += 1) carrier.leave(parcelOf(`small-${i}`));
    const vector = Array.from({ length: 200_000 }, () => 1);
    for (let i = 0; i < 4; i += 1) carrier.leave(parcelOf(`large-${i}`, 1, { long: vector }));
    for (let i = 0; i < 4; i += 1) await elapse();
    await round;
    expect(calls.map(({ length }) => length)).toEqual([1, MAX_BUNDLE_PARCELS, 3, 2]);
  });

  test('ends, however much is left with it, and carries all of that', async () => {
    const { calls, waits, carrier, elapse } = scene();
    const round = carrier.begin(parcelOf('first'));
    for (let call = 1; call < MAX_CALLS; call += 1) {
      carrier.leave(parcelOf(`${call}`));
      await elapse();
    }
    for (let i = 0; i <= MAX_BUNDLE_PARCELS; i += 1) carrier.leave(parcelOf(`last-${i}`));
    await elapse();
    await round;
    expect([calls.length, calls.flat().length]).toEqual([MAX_CALLS + 2, MAX_CALLS + MAX_BUNDLE_PARCELS + 1]);
    expect([waits.length, carrier.leave(parcelOf('next'))]).toEqual([0, false]);
  });

  test('has room for so many: who finds none carries what is theirs, and hurries nobody', async () => {
    const { calls, waits, carrier } = scene();
    void carrier.begin(parcelOf('first'));
    for (let i = 0; i < MAX_WAITING_PARCELS; i += 1) expect(carrier.leave(parcelOf(`${i}`))).toBe(true);
    expect([carrier.leave(parcelOf('more')), carrier.leave(parcelOf('0', 2))]).toEqual([false, true]);
    await carrier.begin(parcelOf('more'));
    expect([calls, waits.length]).toEqual([[['first'], ['more']], 1]);
  });

  test('that died with its object is followed by the next, which takes what was left', async () => {
    const { state, calls, waits, carrier, elapse } = scene();
    void carrier.begin(parcelOf('dead'));
    carrier.leave(parcelOf('bob'));
    const [never] = waits.splice(0);
    state.nowMs += ROUND_LOST_MS - 1;
    expect(carrier.isUnderWay(parcelOf('ann').delivery)).toBe(true);
    state.nowMs += 1;
    expect(carrier.leave(parcelOf('ann'))).toBe(false);
    const round = carrier.begin(parcelOf('ann'));
    // It was only slow: what waits is the other's now.
    never!();
    await elapse();
    await elapse();
    await round;
    expect(calls).toEqual([['dead'], ['ann'], ['bob']]);
  });

  test('that died before a clock was put back is waited for by nobody', async () => {
    const { state, calls, waits, carrier, elapse } = scene();
    void carrier.begin(parcelOf('dead'));
    carrier.leave(parcelOf('bob'));
    waits.splice(0);
    state.nowMs -= 3_600_000;
    expect([carrier.isUnderWay(parcelOf('ann').delivery), carrier.leave(parcelOf('ann'))]).toEqual([false, false]);
    const round = carrier.begin(parcelOf('ann'));
    await elapse();
    await elapse();
    await round;
    expect(calls).toEqual([['dead'], ['ann'], ['bob']]);
  });

  test('that died so long ago that alarms have told what was left is forgotten with all of that', async () => {
    const { state, calls, carrier, elapse, waits } = scene();
    void carrier.begin(parcelOf('dead'));
    carrier.leave(parcelOf('bob'));
    waits.splice(0);
    state.nowMs += ROUND_LOST_MS + DELIVERY_WAKE_MS;
    void carrier.begin(parcelOf('ann'));
    await elapse();
    expect([calls, waits.length]).toEqual([[['dead'], ['ann']], 0]);
  });
});
