/** What paying adds to a decision in process: the same ten campaigns, for nothing and out of a pool. */
import { decide } from '../decisioning/decide.ts';
import { purseTaker, purseView } from '../decisioning/limits/purse.ts';
import { neededUnits } from '../decisioning/limits/purse-needs.ts';
import { Wallet } from '../decisioning/limits/wallet.ts';
import { armOf, learnerOf, slicesOf } from '../decisioning/testing/configuration.ts';
import { inputOf, NOON_MS } from '../decisioning/testing/decide-once.ts';
import { paidConfiguration } from '../decisioning/testing/paid.ts';
import { type BenchRow, timeOf } from './clock.ts';

const CAMPAIGNS = 10;
const ARMS = ['a', 'b', 'c', 'd'];
/** Units of a lease: a call to the ledger every few hundred decisions, as under load. */
const SLICE = 2_000;
const LIFE_MS = 30_000;
const LEDGER = 'pool:spring';

/** The rows of this file. */
export function purseRows(): BenchRow[] {
  const campaigns = (paid: boolean) =>
    Array.from({ length: CAMPAIGNS }, (_, i) =>
      learnerOf(`c${i}`, {
        ...(paid && { pool: 'spring' }),
        arms: ARMS.map((id, j) => armOf(id, { costMinor: paid ? j + 1 : 0 })),
      }),
    );
  const free = { ...inputOf(slicesOf(paidConfiguration(campaigns(false)))), trace: false };
  const slices = slicesOf(paidConfiguration(campaigns(true)));
  const paid = { ...inputOf(slices), trace: false };
  const rules = [slices.slices.hero!];
  const wallet = new Wallet(LEDGER);
  const payOnce = (turn: number): number => {
    const needed = neededUnits(rules, { switches: paid.switches, nowMs: NOON_MS }).get(LEDGER)!;
    wallet.want(needed, NOON_MS);
    const due = wallet.due(NOON_MS, needed);
    if (due) {
      const call = wallet.open(NOON_MS, `lease-${turn}`, due);
      const lease = { leaseId: call.leaseId, units: SLICE, useBeforeMs: NOON_MS + LIFE_MS, price: 0 };
      wallet.heard(call, due === 'lease' ? { outcome: 'leased', lease } : { outcome: 'reported' }, NOON_MS);
    }
    const purse = wallet.take(needed.units, NOON_MS);
    const { chosen } = decide({ ...paid, purse: purseView(purse, NOON_MS) })[0]!;
    wallet.settle(purse, purseTaker(purse, NOON_MS)(`d${turn}`, chosen?.claims ?? []), true);
    return chosen!.propensityArm;
  };
  return [
    {
      id: 'purse.free',
      what: `decide() among ${CAMPAIGNS} campaigns that cost nothing`,
      time: timeOf(() => decide(free)[0]!.chosen!.propensityArm),
    },
    {
      id: 'purse.paid',
      what: 'the same out of a pool: purse, claims and reports to its ledger included',
      time: timeOf(payOnce),
    },
  ];
}
