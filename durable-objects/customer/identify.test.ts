/** Anonymous → known: nothing is lost and nothing doubled, in whatever order things happen. */
import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { rewardName, rewardTrialsName } from '../../decisioning/bandits/rewards/reward.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import { pick, testRandom } from '../../decisioning/testing/seeds.ts';
import type { CallFacts, FeedbackItem, Moved } from './protocol.ts';
import {
  type Customer,
  customerOf,
  DAY_MS,
  HOUR_MS,
  objectOf,
  PURCHASE,
  START_MS,
  settle,
  sumsIn,
  tablesOf,
  totalOf,
  worldOf,
} from './testing/fixtures.ts';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
const MAX_MOVES = 2;
let worlds = 0;
function scene(label = `identify-${++worlds}`) {
  const campaign = campaignOf('c', {
    objective: { goal: 'purchase', conversionWeight: 1, revenueWeight: 0, priority: 0 },
    sticky: { mode: 'days', days: 30 },
    caps: [{ max: 3, windowMs: DAY_MS }],
    holdout: 0.01,
  });
  const world = worldOf(label, configurationOf([campaign], { goals: [PURCHASE] }));
  const phone = customerOf(world, 'phone', true);
  const laptop = customerOf(world, 'laptop', true);
  const [ann, bob] = [customerOf(world, 'ann'), customerOf(world, 'bob')];
  return { world, phone, laptop, ann, bob };
}

/** The three steps of a link; `until` names the one after which the caller is never heard of again. */
async function link(
  from: Customer,
  to: Customer,
  atMs: number,
  until: 'forward' | 'taken' | 'end' = 'end',
): Promise<Moved> {
  const moved = await from.stub().forward(from.facts(atMs), to.name);
  if (until === 'forward' || moved.to !== to.name || !moved.legacy) return moved;
  await to.stub().takeLegacy(to.facts(atMs), moved.legacy);
  if (until !== 'taken') await from.stub().legacyTaken(from.facts(atMs));
  return moved;
}

/** Feedback as the worker sends it: to the object that made the decision, and on to where the customer is by now. */
async function send(
  customer: Customer,
  item: Omit<FeedbackItem, 'index'>,
  known: Customer,
  atMs: number,
): Promise<void> {
  let facts: CallFacts = customer.facts(atMs);
  let here = customer;
  for (let move = 0; move <= MAX_MOVES; move += 1) {
    const reply = await here.stub().feedback(facts, [{ ...item, index: 0 }]);
    if (reply.outcome !== 'moved') return;
    if (reply.legacy) {
      await known.stub().takeLegacy(known.facts(atMs), reply.legacy);
      await here.stub().legacyTaken(here.facts(atMs));
    }
    here = known;
    facts = known.facts(atMs);
  }
}

const goal = { id: 'purchase', windowMs: PURCHASE.windowMs, valueMinor: 10 };
const must = (record: DecisionRecord | null): DecisionRecord => {
  if (!record) throw new Error('nothing was chosen');
  return record;
};

describe('a customer who becomes known', () => {
  it('keeps assignment, touches, receipts, traits and bucketing id, though a profile was stored before', async () => {
    const { phone, ann } = scene();
    const first = must(await phone.decide('1', START_MS));
    await phone.see(first, START_MS);
    await phone.stub().events(phone.facts(START_MS), [], { plan: 'gold', taste: 'tea' });
    await ann
      .stub()
      .putProfile(ann.facts(START_MS), { traits: { plan: 'tin' }, consent: { channels: {}, purposes: {} } });
    await link(phone, ann, START_MS + 1);
    const next = must(await ann.decide('2', START_MS + HOUR_MS));
    expect(next).toMatchObject({
      bucketingId: phone.name,
      armId: first.armId,
      sticky: true,
      periodKey: first.periodKey,
    });
    must(await ann.decide('3', START_MS + HOUR_MS));
    expect(await ann.decide('4', START_MS + HOUR_MS)).toBeNull();
    expect(await ann.stub().receipt(first.decisionId)).toMatchObject({ receipt: { requestId: '1' } });
    expect(await ann.stub().dump()).toMatchObject({ dump: { profile: { traits: { plan: 'tin', taste: 'tea' } } } });
  });

  it('leaves an address behind and nothing else', async () => {
    const { phone, ann } = scene();
    await phone.see(must(await phone.decide('1', START_MS)), START_MS);
    await link(phone, ann, START_MS);
    const { decisions, behaviour, outcomes, enrolments, meta } = await tablesOf(phone);
    expect([decisions, behaviour, outcomes, enrolments]).toEqual([[], [], [], []]);
    expect(meta).toMatchObject([{ forward_to: ann.name, legacy_taken: 1 }]);
  });

  it('takes the legacies of two devices, each once, and keeps the first bucketing id', async () => {
    const { world, phone, laptop, ann } = scene();
    for (const device of [phone, laptop]) await device.see(must(await device.decide('1', START_MS)), START_MS);
    await link(phone, ann, START_MS);
    await link(laptop, ann, START_MS);
    await link(laptop, ann, START_MS);
    expect((await tablesOf(ann)).decisions).toHaveLength(2);
    expect(must(await ann.decide('2', START_MS + HOUR_MS)).bucketingId).toBe(phone.name);
    for (const customer of [phone, laptop, ann]) await settle(customer);
    expect(await totalOf(world, 'c')).toMatchObject({ exposures: 2, trials: 2, customers: 2 });
  });

  it('is touched once by what a device left, though it is handed over twice', async () => {
    const { phone, ann } = scene();
    await phone.see(must(await phone.decide('1', START_MS)), START_MS);
    const { legacy } = await phone.stub().forward(phone.facts(START_MS), ann.name);
    const place = { campaignId: 'c', channel: 'web', countsTowardGlobal: true, day: START_MS / DAY_MS };
    const left = { ...legacy!, pastTouches: [{ ...place, count: 1, atMs: START_MS }] };
    for (const atMs of [START_MS, START_MS + 1]) await ann.stub().takeLegacy(ann.facts(atMs), left);
    expect((await tablesOf(ann)).past_touches).toMatchObject([{ campaign_id: 'c', count: 1 }]);
    // Two of three are used: the third is granted, and no more.
    expect(await ann.decide('2', START_MS + HOUR_MS)).not.toBeNull();
    expect(await ann.decide('3', START_MS + HOUR_MS)).toBeNull();
  });

  it('a shared device stays with the customer it was linked to first', async () => {
    const { phone, ann, bob } = scene();
    await phone.see(must(await phone.decide('1', START_MS)), START_MS);
    await link(phone, ann, START_MS);
    expect(await link(phone, bob, START_MS)).toMatchObject({ to: ann.name, legacy: null });
    expect(await bob.stub().dump()).toMatchObject({ dump: null });
    expect((await tablesOf(ann)).decisions).toHaveLength(1);
  });

  it('an event told before and after is told once', async () => {
    const { phone, ann } = scene();
    const sale = { orderId: 'o1', eventId: 'e1', valueMinor: 5 };
    await phone.tell(START_MS, sale);
    await ann.tell(START_MS, sale);
    await link(phone, ann, START_MS);
    expect(await ann.tell(START_MS, sale)).toBe('duplicate');
    expect((await tablesOf(ann)).outcomes).toHaveLength(1);
  });

  it('trials of two devices that began at the same moment are rewarded each for itself', async () => {
    const { world, phone, laptop, ann } = scene();
    const [one, two] = [must(await phone.decide('1', START_MS)), must(await laptop.decide('1', START_MS))];
    expect(one.periodKey).toBe(two.periodKey);
    await phone.see(one, START_MS);
    await laptop.see(two, START_MS);
    for (const device of [phone, laptop]) await link(device, ann, START_MS);
    for (const record of [one, two]) await ann.reach(record, START_MS, { orderId: record.decisionId });
    for (const customer of [phone, laptop, ann]) await settle(customer);
    expect(await totalOf(world, 'c')).toMatchObject({ trials: 2, conversions: 2 });
  });

  it.each(['forward', 'taken'] as const)(
    'a caller who vanished after "%s" is stood in for by the alarm',
    async (until) => {
      const { phone, ann } = scene();
      await phone.see(must(await phone.decide('1', START_MS)), START_MS);
      await settle(phone);
      await link(phone, ann, START_MS + 1, until);
      await evictDurableObject(objectOf(phone));
      // The alarm may have rung on its own: its time has come.
      await runDurableObjectAlarm(objectOf(phone));
      expect((await tablesOf(phone)).meta).toMatchObject([{ legacy_taken: 1 }]);
      expect((await tablesOf(ann)).decisions).toHaveLength(1);
    },
  );
});

describe('erasure and links', () => {
  it('a legacy that comes again after the known customer was erased brings nothing back', async () => {
    const { phone, ann } = scene();
    const record = must(await phone.decide('1', START_MS));
    await phone.see(record, START_MS);
    await phone.tell(START_MS, { eventId: 'e1' });
    const moved = await link(phone, ann, START_MS + 1, 'forward');
    await ann.stub().takeLegacy(ann.facts(START_MS + 1), moved.legacy!);
    await ann.stub().erase(ann.facts(START_MS + 2));
    await ann.stub().takeLegacy(ann.facts(START_MS + 3), moved.legacy!);
    expect(await ann.stub().dump()).toMatchObject({ dump: null });
    expect(await ann.see(record, START_MS + 4)).toBe('customer_erased');
    expect(must(await ann.decide('2', START_MS + 5)).bucketingId).toBe(ann.name);
  });

  it('tokens of an erased anonymous customer stay void when the device becomes known', async () => {
    const { world, phone, ann } = scene();
    const record = must(await phone.decide('1', START_MS));
    await phone.see(record, START_MS);
    await settle(phone);
    await phone.stub().erase(phone.facts(START_MS + 1));
    await link(phone, ann, START_MS + 2);
    await send(phone, { record, kind: 'goal', goal }, ann, START_MS + 3);
    await settle(ann);
    expect(await totalOf(world, 'c')).toMatchObject({ exposures: 1, trials: 1, conversions: 0 });
  });
});

describe('what a device had forgotten', () => {
  it('is void when it becomes known; first visits of other devices are not', async () => {
    const { phone, laptop, ann } = scene();
    const record = must(await phone.decide('1', START_MS));
    await phone.stub().erase(phone.facts(START_MS + 10));
    for (const device of [phone, laptop]) await link(device, ann, START_MS + 20);
    const first = (device: Customer) => ({
      ...record,
      decisionId: `${device.name}/first`,
      customer: device.name,
      bucketingId: device.name,
      atMs: START_MS + 5,
    });
    for (const evicted of [false, true]) {
      if (evicted) await evictDurableObject(objectOf(ann));
      expect(await ann.see(first(phone), START_MS + 30)).toBe('expired_token');
      expect(await ann.see(first(laptop), START_MS + 30)).toBe(evicted ? 'duplicate' : 'accepted');
    }
  });

  it('and the arm that is kept is the customer’s own, though a device brings a newer one', async () => {
    const { phone, ann } = scene();
    const own = must(await ann.decide('1', START_MS));
    const brought = must(await phone.decide('1', START_MS + 1));
    expect(brought.periodKey).not.toBe(own.periodKey);
    await link(phone, ann, START_MS + 2);
    for (const evicted of [false, true]) {
      if (evicted) await evictDurableObject(objectOf(ann));
      const kept = must(await ann.decide('2', START_MS + HOUR_MS));
      expect(kept).toMatchObject({ armId: own.armId, periodKey: own.periodKey, bucketingId: ann.name });
    }
  });
});

/** One name's sums over all cells. */
const total = (cells: Awaited<ReturnType<typeof sumsIn>>[string][], name: string): readonly number[] =>
  cells.flatMap((cell) => (cell[name] ? [cell[name]] : [])).reduce((a, b) => b.map((value, i) => value + a[i]!));

describe('any order of exposure, goal, link, retry, crash and eviction', () => {
  /** No alarm rings by itself: one would bring the day on which the test runs, and goals of before would come too late. */
  const beginMs = Date.now() + HOUR_MS;
  const learning = { reward: { kind: 'count', max: 5 }, secondaryGoals: ['click'] } as const;

  it.each(SEEDS)('seed %i: each exposure and goal counts once', async (seed) => {
    const { world, phone, laptop, ann } = scene(`identify-seed-${seed}`);
    const random = testRandom(seed);
    const made = [
      { device: phone, record: must(await phone.decide('1', beginMs)) },
      { device: phone, record: must(await phone.decide('2', beginMs)) },
      { device: laptop, record: must(await laptop.decide('1', beginMs + 1)) },
    ];
    const steps = [
      ...made.flatMap(({ device, record }) => {
        const sale = { record, kind: 'goal' as const, goal, orderId: record.decisionId, learning };
        const click = { ...sale, goal: { ...goal, id: 'click', valueMinor: 1 } };
        const items = [{ record, kind: 'exposure' as const, learning }, sale, click];
        return [...items, ...items].map((item) => (atMs: number) => send(device, item, ann, atMs));
      }),
      ...[phone, laptop].flatMap((device) => [
        (atMs: number) => link(device, ann, atMs, pick(random, ['forward', 'taken', 'end'])),
        (atMs: number) => link(device, ann, atMs),
      ]),
      ...[phone, ann].map((who) => () => evictDurableObject(objectOf(who)).catch(() => undefined)),
    ];
    let atMs = beginMs;
    while (steps.length > 0) {
      const [step] = steps.splice(Math.floor(random.next() * steps.length), 1);
      atMs += 1_000;
      await step?.(atMs);
    }
    for (const customer of [phone, laptop, ann]) await settle(customer);
    expect(await totalOf(world, 'c')).toMatchObject({
      exposures: 3,
      // The devices began a period each.
      trials: 2,
      conversions: 2,
      revenueMinor: 30,
      customers: 2,
    });
    const cells = Object.values(await sumsIn(world, 'c'));
    // The phone's period has two sales and two clicks, the laptop's one of each.
    const names = [rewardTrialsName(learning.reward)!, rewardName(learning.reward)!, 'goal:click'];
    expect(names.map((name) => total(cells, name))).toEqual([[2], [2, 3, 5], [2, 3, 0, 5, 2]]);
    expect((await tablesOf(ann)).decisions).toHaveLength(3);
    expect(await ann.stub().dump()).toMatchObject({ dump: { outcomes: { length: 6 } } });
  });
});
