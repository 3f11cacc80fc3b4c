/**
 * The contextual bandits of the GrowthBook vectors, as far as they are ours: who is in the audience, which leaf a customer falls into, and
 * where they hash to. How their SDKs then pick a variation (by that hash, under coverage, forced by a query string or in a QA mode) is not:
 * here an arm is drawn from the leaf's probabilities.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REST_LEAF } from './bandits/allocation.ts';
import type { OpenCampaign } from './catalog/open.ts';
import { leafOf } from './eligibility.ts';
import { hash } from './hash.ts';
import { attributeResolver, compileCondition, evaluateCondition, parseCondition } from './segments/index.ts';

interface Rule {
  readonly seed: string;
  readonly hashAttribute: string;
  readonly hashVersion: number;
  readonly condition?: unknown;
  readonly contextualBanditRef: string;
}

interface Given {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly features: Readonly<Record<string, { readonly rules: readonly Rule[] }>>;
  readonly contextualBandits: Readonly<
    Record<string, { readonly contexts: readonly { readonly leafId: number; readonly condition: unknown }[] }>
  >;
}

interface Wanted {
  readonly source: string;
  readonly experimentResult?: { readonly bucket?: number; readonly leafId?: number };
}

const vectors = new URL('../../shared/conformance/growthbook-cases-sample.json', import.meta.url);
const present = existsSync(vectors);
const cases: [name: string, given: Given, feature: string, wanted: Wanted][] = present
  ? JSON.parse(readFileSync(vectors, 'utf8')).contextualBandit
  : [];
const routed = cases.filter(([, , , { experimentResult }]) => experimentResult?.leafId !== undefined);

function compiled(json: unknown) {
  const parsed = parseCondition(json);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return compileCondition(parsed.condition);
}

/** The leaf by the runtime's own function; the SDKs' −1 is our `rest`. */
function leafIn({ attributes, contextualBandits }: Given, rule: Rule): string {
  const contexts = contextualBandits[rule.contextualBanditRef]!.contexts;
  const campaign = {
    contexts: contexts.map(({ leafId, condition }) => ({ id: `${leafId}`, holds: compiled(condition) })),
  };
  return leafOf(campaign as unknown as OpenCampaign, attributeResolver(attributes), () => false);
}

describe.skipIf(!present)('the contextual bandits of the GrowthBook SDKs', () => {
  it('are there, and most of them route', () => {
    expect(cases.length).toBeGreaterThan(15);
    expect(routed.length).toBeGreaterThan(12);
  });

  it.each(routed)('%s: the leaf and the bucket', (_name, given, feature, { experimentResult }) => {
    const rule = given.features[feature]!.rules[0]!;
    expect(leafIn(given, rule)).toBe(experimentResult!.leafId === -1 ? REST_LEAF : `${experimentResult!.leafId}`);
    const id = String(given.attributes[rule.hashAttribute]);
    expect(hash(rule.seed, id, rule.hashVersion)).toBe(experimentResult!.bucket);
    expect(evaluateCondition(rule.condition ?? {}, given.attributes)).toBe(true);
  });

  it('leave out whom the condition around them leaves out', () => {
    const outside = cases.filter(([, given, feature]) => given.features[feature]!.rules[0]!.condition !== undefined);
    expect(outside.length).toBeGreaterThan(1);
    for (const [name, given, feature, wanted] of outside) {
      const holds = evaluateCondition(given.features[feature]!.rules[0]!.condition, given.attributes);
      expect(holds, name).toBe(wanted.source === 'experiment');
    }
  });
});
