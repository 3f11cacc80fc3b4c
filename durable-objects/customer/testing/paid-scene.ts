/** Scenes of money: one customer, what a decision of theirs claims, and what the ledgers hear of it. */
import { runDurableObjectAlarm } from 'cloudflare:test';
import type { CampaignConfiguration } from '../../../decisioning/catalog/configuration.ts';
import type { Purse } from '../../../decisioning/limits/purse.ts';
import type { DecisionRecord } from '../../../decisioning/record.ts';
import { armOf } from '../../../decisioning/testing/configuration.ts';
import { entryOf, paidConfiguration, paidOf } from '../../../decisioning/testing/paid.ts';
import { VOID_GRACE_MS } from '../limits.ts';
import { type Customer, customerOf, DAY_MS, MINUTE_MS, objectOf, tablesOf, worldOf } from './fixtures.ts';
import { LedgersDouble } from './ledgers-double.ts';

/** When scenes begin: alarms of claims ring in real time. */
export const NOW_MS = Date.now();
/** How long their claims live. */
export const CLAIM_MS = 2 * MINUTE_MS;
let scenes = 0;

/** A customer and their phone, a campaign with one arm for 5 of pool `spring` and a shirt, and ledgers that listen. */
export async function paidScene(extra: Partial<CampaignConfiguration> = {}) {
  scenes += 1;
  const ledgers = new LedgersDouble();
  const campaign = paidOf('c', {
    arms: [armOf('a', { costMinor: 5 })],
    strategy: { policy: 'fixed_split', weights: { a: 1 }, minExploration: 0 },
    stock: 'shirts',
    caps: [{ max: 3, windowMs: DAY_MS }],
    ...extra,
  });
  const world = worldOf(`money-${scenes}`, paidConfiguration([campaign]));
  const [ann, phone] = [customerOf(world, 'ann'), customerOf(world, 'phone', true)];
  for (const customer of [ann, phone]) await ledgers.stand(customer);
  return { world, ann, phone, heard: () => ledgers.heard(world.workspaceId) };
}

/** A purse with nine shirts, and entries. */
export const purse = (...entries: Purse): Purse => [entryOf('s1', 9, { ledger: 'stock:shirts' }), ...entries];
/** Enough for everything. */
export const full = purse(entryOf('l1', 50));

/** The record of a decision that must have been made. */
export const must = (record: DecisionRecord | null): DecisionRecord => {
  if (!record) throw new Error('nothing was chosen');
  return record;
};

/** A decision at the test's beginning that holds 5 of `l1` and a shirt of `s1`. */
export const claim = async (customer: Customer, id = '1') => must(await customer.decide(id, NOW_MS, { purse: full }));
/** Tells that the message went out. */
export const dispatch = async (customer: Customer, record: DecisionRecord, receivedAtMs: number, atMs?: number) =>
  (await customer.feedback([{ record, kind: 'dispatch', atMs }], receivedAtMs))[0];
/** Lets the object's time pass. */
export const pass = (customer: Customer, toMs: number) =>
  customer
    .stub()
    .events(customer.facts(toMs), [{ index: 0, kind: 'behaviour', name: 'x', valueMinor: 0, windowMs: 0 }], {});
/** When an open claim is given back. */
export const lapsed = (record: DecisionRecord) => record.claimExpiresAtMs + VOID_GRACE_MS + 1;
/** What the ledgers must have heard of a decision, and nothing else. */
export const only = (record: DecisionRecord, kind: string) => ({
  [`${record.decisionId} l1`]: [`${kind} 5`],
  [`${record.decisionId} s1`]: [`${kind} 1`],
});

/** Rings until no settlement waits. */
export async function ring(customer: Customer): Promise<void> {
  await runDurableObjectAlarm(objectOf(customer));
  for (let round = 0; round < 20 && (await tablesOf(customer)).settlements?.length; round += 1)
    await runDurableObjectAlarm(objectOf(customer));
}

/** Links the two, step by step. */
export async function handOver(from: Customer, to: Customer, atMs: number): Promise<void> {
  const moved = await from.stub().forward(from.facts(atMs), to.name);
  if (!moved.legacy) throw new Error('nothing is left to take');
  await to.stub().takeLegacy(to.facts(atMs), moved.legacy);
  await from.stub().legacyTaken(from.facts(atMs));
}
