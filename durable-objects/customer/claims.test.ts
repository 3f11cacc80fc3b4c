/** Money of one customer: claimed with the decision, and settled exactly once. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { entryOf } from '../../decisioning/testing/paid.ts';
import { BLANK_LIFE_MS, MAX_DECISIONS } from './limits.ts';
import { type Customer, MINUTE_MS, objectOf, tablesOf } from './testing/fixtures.ts';
import {
  CLAIM_MS,
  claim,
  full,
  lapsed,
  must,
  NOW_MS,
  only,
  pass,
  purse,
  ring,
  paidScene as scene,
} from './testing/paid-scene.ts';
import { addDecision, changeDecisions, decisionsIn, decisionsOf } from './testing/rows.ts';

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

  it('is not made by a call that arrives again, though its default answer had been given a day ago', async () => {
    const { ann } = await scene();
    await ann.ask('1', NOW_MS);
    const laterMs = NOW_MS + BLANK_LIFE_MS;
    const units = { purse: purse(entryOf('l1', 50, { useBeforeMs: laterMs + MINUTE_MS })) };
    // Answered without a claim: the worker puts its units back, and others take them.
    const told = await ann.ask('1', laterMs, units);
    expect(told).toMatchObject({ repeated: true, decisions: [{ record: null }] });
    await evictDurableObject(objectOf(ann));
    await ann.see(must(await ann.decide('2', laterMs + 1, { purse: full })), laterMs + 2);
    expect(await ann.ask('1', laterMs, units)).toEqual(told);
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

  it.each([
    ['at once', false],
    ['when the object was evicted since', true],
  ])('that was given back makes late what was received in time and arrives afterwards, %s', async (_, evicted) => {
    const { ann, heard } = await scene();
    const beforeMs = NOW_MS - 2 * CLAIM_MS;
    const record = must(await ann.decide('1', beforeMs, { purse: full }));
    await ring(ann);
    expect(heard()).toEqual(only(record, 'void'));
    if (evicted) await evictDurableObject(objectOf(ann));
    expect(await ann.see(record, beforeMs + 1)).toBe('accepted');
    const seenAtMs = record.claimExpiresAtMs + 1;
    expect(await ann.stub().receipt(record.decisionId)).toMatchObject({ exposedAtMs: seenAtMs });
    expect((await decisionsOf(ann))[0]).toMatchObject({ late: true });
    expect(must(await ann.decide('2', beforeMs + 2, { purse: full })).atMs).toBe(seenAtMs);
  });

  it('outlives pruning for as long as it is open', async () => {
    const { ann, heard } = await scene();
    const record = await claim(ann);
    await runInDurableObject(objectOf(ann), (_, { storage }) => {
      const [decision] = decisionsIn(storage.sql);
      const { claims: _claims, ...bare } = decision!;
      for (let i = 0; i < MAX_DECISIONS + 5; i += 1) {
        const other = { ...record, decisionId: `d${i}`, claimExpiresAtMs: 0, atMs: NOW_MS + 1 };
        addDecision(storage.sql, { ...bare, record: other });
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
      changeDecisions(storage.sql, (row) => ({ ...row, exposedAtMs: NOW_MS + 1, isTrial: true }));
    });
    await evictDurableObject(objectOf(ann));
    await pass(ann, lapsed(record));
    await ring(ann);
    expect(heard()).toEqual(only(record, 'post'));
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
