/** Money of one customer: claimed with the decision, and settled exactly once, whatever happens and in whatever order. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Purse } from '../../decisioning/limits/purse.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { armOf } from '../../decisioning/testing/configuration.ts';
import { entryOf, paidConfiguration, paidOf } from '../../decisioning/testing/paid.ts';
import { MAX_DECISIONS, VOID_GRACE_MS } from './limits.ts';
import { type Customer, customerOf, DAY_MS, MINUTE_MS, objectOf, tablesOf, worldOf } from './testing/fixtures.ts';
import { LedgersDouble } from './testing/ledgers-double.ts';

const NOW_MS = Date.now();
const CLAIM_MS = 2 * MINUTE_MS;
const ledgers = new LedgersDouble();
let worlds = 0;

/** One arm for 5 of pool `spring`, and a shirt. */
async function scene() {
  worlds += 1;
  const campaign = paidOf('c', {
    arms: [armOf('a', { costMinor: 5 })],
    strategy: { policy: 'fixed_split', weights: { a: 1 }, minExploration: 0 },
    stock: 'shirts',
    caps: [{ max: 3, windowMs: DAY_MS }],
  });
  const world = worldOf(`money-${worlds}`, paidConfiguration([campaign]));
  const [ann, phone] = [customerOf(world, 'ann'), customerOf(world, 'phone', true)];
  for (const customer of [ann, phone]) await ledgers.stand(customer);
  return { world, ann, phone, heard: () => ledgers.heard(world.workspaceId) };
}

const purse = (...entries: Purse): Purse => [entryOf('s1', 9, { ledger: 'stock:shirts' }), ...entries];
const full = purse(entryOf('l1', 50));

const must = (record: DecisionRecord | null): DecisionRecord => {
  if (!record) throw new Error('nothing was chosen');
  return record;
};

/** A decision at the test's beginning that holds 5 of `l1` and a shirt of `s1`. */
const claim = async (customer: Customer, id = '1') => must(await customer.decide(id, NOW_MS, { purse: full }));
const dispatch = async (customer: Customer, record: DecisionRecord, receivedAtMs: number, atMs?: number) =>
  (await customer.feedback([{ record, kind: 'dispatch', atMs }], receivedAtMs))[0];
/** Lets the object's time pass. */
const pass = (customer: Customer, toMs: number) =>
  customer
    .stub()
    .events(customer.facts(toMs), [{ index: 0, kind: 'behaviour', name: 'x', valueMinor: 0, windowMs: 0 }], {});
const lapsed = (record: DecisionRecord) => record.claimExpiresAtMs + VOID_GRACE_MS + 1;
const only = (record: DecisionRecord, kind: string) => ({
  [`${record.decisionId} l1`]: [`${kind} 5`],
  [`${record.decisionId} s1`]: [`${kind} 1`],
});

/** Rings until no settlement waits. */
async function ring(customer: Customer): Promise<void> {
  await runDurableObjectAlarm(objectOf(customer));
  for (let round = 0; round < 20 && (await tablesOf(customer)).settlements?.length; round += 1)
    await runDurableObjectAlarm(objectOf(customer));
}

async function handOver(from: Customer, to: Customer, atMs: number): Promise<void> {
  const moved = await from.stub().forward(from.facts(atMs), to.name);
  if (!moved.legacy) throw new Error('nothing is left to take');
  await to.stub().takeLegacy(to.facts(atMs), moved.legacy);
  await from.stub().legacyTaken(from.facts(atMs));
}

beforeAll(() => ledgers.calls.splice(0));

describe('a decision that costs', () => {
  it('takes its units from the leases in their order, splits them, and tells the same again when it is repeated', async () => {
    const { ann } = await scene();
    const twice = { purse: purse(entryOf('l1', 3), entryOf('l2', 50)) };
    const claims = [
      { ledger: 'pool:spring', leaseId: 'l1', units: 3 },
      { ledger: 'pool:spring', leaseId: 'l2', units: 2 },
      { ledger: 'stock:shirts', leaseId: 's1', units: 1 },
    ].map((one) => ({ decisionId: `${ann.name}/1/hero`, ...one }));
    expect(await ann.ask('1', NOW_MS, twice)).toMatchObject({ repeated: false, decisions: [{ claims }] });
    await evictDurableObject(objectOf(ann));
    const again = await ann.ask('1', NOW_MS, { purse: full });
    expect(again).toMatchObject({ repeated: true, decisions: [{ claims }] });
  });

  it.each([
    ['no purse at all', undefined],
    ['an empty one', []],
    ['one unit too few', purse(entryOf('l1', 4))],
    ['a ledger missing', [entryOf('l1', 50)]],
    ['a lease that ended this very millisecond', purse(entryOf('l1', 50, { useBeforeMs: NOW_MS }))],
  ])('is not made with %s', async (_, given) => {
    const { ann } = await scene();
    const options = given ? { purse: given } : {};
    const reply = await ann.ask('1', NOW_MS, options);
    expect(reply).toMatchObject({ decisions: [{ record: null, refusals: { no_budget: 1 } }] });
    expect(JSON.stringify(reply)).not.toContain('claims');
  });

  it('goes by the object’s time, not a client’s: an earlier time does not make a lease last', async () => {
    const { ann } = await scene();
    const ended = { purse: purse(entryOf('l1', 50, { useBeforeMs: NOW_MS })), clientAtMs: NOW_MS - MINUTE_MS };
    expect(await ann.decide('1', NOW_MS, ended)).toBeNull();
  });

  it('sets the alarm that gives it back in the same breath', async () => {
    const { ann } = await scene();
    const record = await claim(ann);
    const alarm = await runInDurableObject(objectOf(ann), (_, { storage }) => storage.getAlarm());
    expect(alarm).toBe(lapsed(record));
  });
});

describe('a claim', () => {
  it.each([
    ['seen at the last millisecond is posted', CLAIM_MS, 'post'],
    ['seen a millisecond later is given back, and is a touch all the same', CLAIM_MS + 1, 'void'],
  ])('%s', async (_, afterMs, kind) => {
    const { ann, heard } = await scene();
    const record = await claim(ann);
    expect(await ann.see(record, NOW_MS + afterMs)).toBe('accepted');
    await ring(ann);
    expect(heard()).toEqual(only(record, kind));
    expect(await ann.see(record, NOW_MS + afterMs)).toBe('duplicate');
    await pass(ann, lapsed(record));
    await ring(ann);
    expect(heard()).toEqual(only(record, kind));
    const shown = { claims: { state: kind === 'post' ? 'posted' : 'void' }, exposedAtMs: NOW_MS + afterMs };
    expect(await ann.stub().receipt(record.decisionId)).toMatchObject(shown);
  });

  it('is posted by the object’s own clock: an exposure that arrives late posts nothing, whenever it says it was', async () => {
    const { ann, heard } = await scene();
    const record = await claim(ann);
    await ann.see(record, NOW_MS + CLAIM_MS + 1, NOW_MS + 1);
    await ring(ann);
    expect(heard()).toEqual(only(record, 'void'));
  });

  it('is posted by a goal that implies its exposure', async () => {
    const { ann, heard } = await scene();
    const record = await claim(ann);
    await ann.reach(record, NOW_MS + 1, { goal: 'click' });
    await ring(ann);
    expect(heard()).toEqual(only(record, 'post'));
  });

  it('that nothing becomes of is given back a minute after it lapsed, not before; what is seen then posts nothing', async () => {
    const { ann, heard } = await scene();
    const record = await claim(ann);
    await pass(ann, lapsed(record) - 1);
    await ring(ann);
    expect(heard()).toEqual({});
    await pass(ann, lapsed(record));
    await ring(ann);
    expect(heard()).toEqual(only(record, 'void'));
    expect(await ann.see(record, lapsed(record) + 1)).toBe('accepted');
    await ring(ann);
    expect(heard()).toEqual(only(record, 'void'));
  });

  it('is posted when the object was evicted between decision and exposure, and given back when it never woke in time', async () => {
    const { ann, heard } = await scene();
    const [seen, unseen] = [await claim(ann, '1'), await claim(ann, '2')];
    await evictDurableObject(objectOf(ann));
    await ann.see(seen, NOW_MS + 1);
    await evictDurableObject(objectOf(ann));
    await pass(ann, lapsed(unseen));
    await evictDurableObject(objectOf(ann));
    await ring(ann);
    expect(heard()).toEqual({ ...only(seen, 'post'), ...only(unseen, 'void') });
  });

  it('outlives pruning for as long as it is open', async () => {
    const { ann, heard } = await scene();
    const record = await claim(ann);
    await runInDurableObject(objectOf(ann), (_, { storage }) => {
      const { decision } = storage.sql.exec<{ decision: string }>('SELECT decision FROM decisions').one();
      const { claims: _claims, ...bare } = JSON.parse(decision);
      for (let i = 0; i < MAX_DECISIONS + 5; i += 1) {
        const other = { ...bare, record: { ...record, decisionId: `d${i}`, claimExpiresAtMs: 0, atMs: NOW_MS + 1 } };
        storage.sql.exec('INSERT INTO decisions VALUES (?, ?, ?, NULL)', `d${i}`, NOW_MS + 1, JSON.stringify(other));
      }
    });
    await evictDurableObject(objectOf(ann));
    await pass(ann, lapsed(record) - 1);
    expect((await tablesOf(ann)).decisions!.some(({ id }) => id === record.decisionId)).toBe(true);
    await pass(ann, lapsed(record));
    await ring(ann);
    expect(heard()).toEqual(only(record, 'void'));
  });

  it('stored by code that settled nothing on its exposure is posted when it lapses', async () => {
    const { ann, heard } = await scene();
    const record = await claim(ann);
    await runInDurableObject(objectOf(ann), (_, { storage }) => {
      const { decision } = storage.sql.exec<{ decision: string }>('SELECT decision FROM decisions').one();
      const seen = { ...JSON.parse(decision), exposedAtMs: NOW_MS + 1, isTrial: true };
      storage.sql.exec('UPDATE decisions SET decision = ?', JSON.stringify(seen));
    });
    await evictDurableObject(objectOf(ann));
    await pass(ann, lapsed(record));
    await ring(ann);
    expect(heard()).toEqual(only(record, 'post'));
  });
});

describe('a dispatch', () => {
  it('is a touch and posts, and is no trial; the exposure of next week is, and not late', async () => {
    const { ann, heard } = await scene();
    const record = await claim(ann);
    expect(await dispatch(ann, record, NOW_MS + 1)).toBe('accepted');
    expect(await dispatch(ann, record, NOW_MS + 2)).toBe('duplicate');
    await ring(ann);
    expect(heard()).toEqual(only(record, 'post'));
    const stored = async () => JSON.parse(String((await tablesOf(ann)).decisions![0]!.decision));
    expect(await stored()).toMatchObject({ dispatchedAtMs: NOW_MS + 1, exposedAtMs: null, isTrial: false });
    expect(await ann.see(record, NOW_MS + 7 * DAY_MS - 1)).toBe('accepted');
    expect(await stored()).toMatchObject({ isTrial: true, late: false, exposedAtMs: NOW_MS + 7 * DAY_MS - 1 });
    expect(await dispatch(ann, record, NOW_MS + 7 * DAY_MS - 1)).toBe('duplicate');
    await ring(ann);
    expect(heard()).toEqual(only(record, 'post'));
  });

  it('keeps counting against caps after its claim would have lapsed, as of when it went out', async () => {
    const { ann } = await scene();
    for (const id of ['1', '2', '3']) await dispatch(ann, await claim(ann, id), NOW_MS + 1);
    const later = (atMs: number) => ann.ask(`at-${atMs}`, atMs, { purse: full });
    const capped = { decisions: [{ record: null, refusals: { capped_campaign: 1 } }] };
    expect(await later(NOW_MS + DAY_MS)).toMatchObject(capped);
    await ann.see(must(await ann.decide('1', NOW_MS + DAY_MS)), NOW_MS + DAY_MS);
    expect(await later(NOW_MS + DAY_MS + 1)).toMatchObject({ decisions: [{ record: { campaignId: 'c' } }] });
  });

  it('that comes late is a touch, and posts nothing', async () => {
    const { ann, heard } = await scene();
    const record = await claim(ann);
    expect(await dispatch(ann, record, NOW_MS + CLAIM_MS + 1)).toBe('accepted');
    await ring(ann);
    expect(heard()).toEqual(only(record, 'void'));
    const { touches } = await explained(ann, NOW_MS + CLAIM_MS + 2);
    expect(touches).toMatchObject([{ pending: false, atMs: NOW_MS + CLAIM_MS + 1 }]);
  });
});

async function explained(customer: Customer, atMs: number) {
  const call = { ...customer.explainCall('x', atMs), purse: purse(entryOf('l1', 4, { price: 0.25 })) };
  const reply = await customer.stub().explain(call);
  if (reply.outcome !== 'explained') throw new Error(reply.outcome);
  return reply;
}

describe('what is shown', () => {
  it('explains what it needed and what was there, and the claims that are open', async () => {
    const { ann } = await scene();
    const record = await claim(ann);
    const { placements, claims } = await explained(ann, NOW_MS + 1);
    const needs = [
      { ledger: 'pool:spring', needed: 5, there: 4, price: 0.25 },
      { ledger: 'stock:shirts', needed: 1, there: 9, price: 0 },
    ];
    expect(placements[0]!.candidates).toMatchObject([{ reason: 'no_budget', needs }]);
    const open = { campaignId: 'c', expiresAtMs: record.claimExpiresAtMs };
    expect(claims).toEqual([
      { ...open, ledger: 'pool:spring', units: 5 },
      { ...open, ledger: 'stock:shirts', units: 1 },
    ]);
  });

  it('exports units by ledger and what became of them, and no lease', async () => {
    const { ann } = await scene();
    const split = { purse: purse(entryOf('l1', 3), entryOf('l2', 50)) };
    await ann.see(must(await ann.decide('1', NOW_MS, split)), NOW_MS + 1);
    const dumped = await ann.stub().dump();
    const units = [
      { ledger: 'pool:spring', units: 5 },
      { ledger: 'stock:shirts', units: 1 },
    ];
    expect(dumped).toMatchObject({ dump: { decisions: [{ claims: { units, state: 'posted' } }] } });
    expect(JSON.stringify(dumped)).not.toContain('leaseId');
  });
});

describe('the end of a customer', () => {
  it('gives open claims back when they are erased, and leaves what is settled', async () => {
    const { ann, heard } = await scene();
    const [seen, open] = [await claim(ann, '1'), await claim(ann, '2')];
    await ann.see(seen, NOW_MS + 1);
    await ann.stub().erase(ann.facts(NOW_MS + 2));
    expect(await ann.see(open, NOW_MS + 3)).toBe('customer_erased');
    await ring(ann);
    expect(heard()).toEqual({ ...only(seen, 'post'), ...only(open, 'void') });
    expect((await tablesOf(ann)).settlements).toEqual([]);
  });

  it('that moves leaves its open claims to the known one, who posts them', async () => {
    const { ann, phone, heard } = await scene();
    const [seen, open] = [await claim(phone, '1'), await claim(phone, '2')];
    await phone.see(seen, NOW_MS + 1);
    await handOver(phone, ann, NOW_MS + 2);
    await ann.see(open, NOW_MS + 3);
    await ring(phone);
    await ring(ann);
    expect(heard()).toEqual({ ...only(seen, 'post'), ...only(open, 'post') });
  });

  it('that moved settles nothing any more, though its alarm rings before the known one has taken the claims', async () => {
    const { ann, phone, heard } = await scene();
    const record = await claim(phone);
    const { legacy } = await phone.stub().forward(phone.facts(lapsed(record)), ann.name);
    expect(legacy!.decisions).toMatchObject([{ claims: [{ units: 5 }, { units: 1 }] }]);
    await ring(phone);
    expect(heard()).toEqual({});
    // The alarm handed them over; the worker that linked the two comes second.
    await ann.stub().takeLegacy(ann.facts(lapsed(record)), legacy!);
    await ring(ann);
    expect(heard()).toEqual(only(record, 'void'));
  });

  it('whose claims move to one who was erased since has them given back, once for each time they are brought', async () => {
    const { ann, phone, heard } = await scene();
    const record = await claim(phone);
    const { legacy } = await phone.stub().forward(phone.facts(NOW_MS + 1), ann.name);
    await pass(ann, NOW_MS + 1);
    await ann.stub().erase(ann.facts(NOW_MS + 2));
    await ann.stub().takeLegacy(ann.facts(NOW_MS + 3), legacy!);
    await ring(ann);
    expect(heard()).toEqual(only(record, 'void'));
  });

  it('sets the alarm for claims that came along', async () => {
    const { ann, phone } = await scene();
    const record = await claim(phone);
    await handOver(phone, ann, NOW_MS + 1);
    const alarm = await runInDurableObject(objectOf(ann), (_, { storage }) => storage.getAlarm());
    expect(alarm).toBe(lapsed(record));
  });
});
