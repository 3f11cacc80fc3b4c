/**
 * A decision among 1,000 rules, raced against feature flags: the same customers, the same 200 audiences of three clauses, and a time window each.
 *
 * What each computes. Ours: `decideWithReceipt()`, which the customer's object calls for a placement: the view of a customer with 50 touches is made
 * anew, then audience, schedule, consent, caps, units, context, value with price, campaign, arm, both propensities, claims, and the receipt
 * that replays it. flagd-core, all: the targeting of 1,000 flags, one for each of our campaigns, since it takes all of them to know which could be
 * shown; no caps, units, values or choice. flagd-core, one: one of these flags. GrowthBook: one feature with the condition of one audience and an
 * experiment of ten variations, hashed by the customer's id. Neither learns, and neither writes anything down.
 */
import { decideWithReceipt } from '../../decisioning/receipt.ts';
import type { BenchRow } from '../clock.ts';
import { type Racer, race } from './interleaved.ts';
import { namedVersion, raced } from './packages.ts';
import { customerId, type RacedCustomer, SEGMENTS, segmentRule, WINDOW, type World, worldOf } from './world.ts';

/** Rules that are raced. */
const RULES = 1_000;
const VARIATIONS = 10;

/** What a decision's receipt says of its request. */
const FACTS = { requestId: 'bench', revision: 1, rules: { hero: '0'.repeat(64) } };

/** A whole decision for one of a world's customers. */
export function decidesIn({ customers }: World): (turn: number) => number {
  return (turn) => {
    const { decisions } = decideWithReceipt(customers[turn % customers.length]!.input(), FACTS);
    return decisions[0]!.chosen?.propensityArm ?? 0;
  };
}

interface FlagdCore {
  setConfigurations(flags: string): unknown;
  resolveAll(context: object): readonly { readonly value: unknown }[];
  resolveBooleanEvaluation(flag: string, missing: boolean, context: object): { readonly value: boolean };
}

function flagd(): FlagdCore {
  const { FlagdCore: Core } = raced<{ FlagdCore: new () => FlagdCore }>('@openfeature/flagd-core');
  const flags = Object.fromEntries(
    Array.from({ length: RULES }, (_, i) => {
      const { plan, countries, visits } = segmentRule(i % SEGMENTS);
      const all = [
        { '>=': [{ var: '$flagd.timestamp' }, Date.parse(`${WINDOW.start}Z`) / 1_000] },
        { '<': [{ var: '$flagd.timestamp' }, Date.parse(`${WINDOW.end}Z`) / 1_000] },
        { in: [{ var: 'country' }, countries] },
        { '>=': [{ var: 'visits' }, visits] },
        { '==': [{ var: 'plan' }, plan] },
      ];
      const targeting = { if: [{ and: all }, 'on', 'off'] };
      return [`rule-${i}`, { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off', targeting }];
    }),
  );
  const core = new Core();
  core.setConfigurations(JSON.stringify({ flags }));
  return core;
}

interface GrowthBookClient {
  initSync(options: object): GrowthBookClient;
  evalFeature(feature: string, customer: object): { readonly value: unknown };
}

/** GrowthBook's evaluation of one feature for one of many customers: its class for servers, which makes no instance for each. */
export function growthBook(): Racer {
  const { GrowthBookClient: Client } = raced<{ GrowthBookClient: new () => GrowthBookClient }>(
    '@growthbook/growthbook',
  );
  const variations = Array.from({ length: VARIATIONS }, (_, i) => `variation-${i}`);
  const { countries } = segmentRule(0);
  const rule = {
    key: 'experiment',
    coverage: 1,
    hashAttribute: 'id',
    hashVersion: 2,
    condition: { country: { $in: countries }, visits: { $gte: 6 } },
    variations,
    weights: variations.map(() => 1 / VARIATIONS),
  };
  const client = new Client().initSync({ payload: { features: { offer: { defaultValue: 'none', rules: [rule] } } } });
  const customers = Array.from({ length: 4_096 }, (_, i) => ({
    attributes: { id: customerId(i), country: countries[i % countries.length], visits: 6 + (i % 5), plan: 'plan-0' },
  }));
  if (client.evalFeature('offer', customers[0]!).value === 'none') throw new Error('GrowthBook applied no rule');
  return {
    id: 'race.growthbook.eval_feature',
    what: `${namedVersion('@growthbook/growthbook')}: evalFeature, a condition and ${VARIATIONS} variations`,
    call: (turn) => (client.evalFeature('offer', customers[turn % customers.length]!).value as string).length,
  };
}

/** The rows of this file. */
export function flagRows(): BenchRow[] {
  const world = worldOf(RULES);
  const core = flagd();
  const contextOf = ({ plan, country, visits }: RacedCustomer, index: number) => ({
    targetingKey: customerId(index),
    plan,
    country,
    visits,
  });
  const contexts = world.customers.map(contextOf);
  const isOn = core.resolveAll(contexts[0]!).filter(({ value }) => value === true).length;
  if (isOn !== RULES / 10) throw new Error(`flagd-core turned ${isOn} flags on`);
  const name = namedVersion('@openfeature/flagd-core');
  return race([
    {
      id: 'race.decide.1000',
      what: `a decision with its receipt among ${RULES} hyperedges of one placement`,
      call: decidesIn(world),
    },
    {
      id: 'race.flagd.all_1000',
      what: `${name}: resolveAll of ${RULES} equivalent rules`,
      call: (turn) => core.resolveAll(contexts[turn % contexts.length]!).length,
    },
    {
      id: 'race.flagd.one',
      what: `${name}: one of these rules`,
      call: (turn) =>
        core.resolveBooleanEvaluation(`rule-${turn % RULES}`, false, contexts[turn % contexts.length]!).value ? 1 : 0,
    },
    growthBook(),
  ]);
}
