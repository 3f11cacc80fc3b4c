import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SavedGroups } from './index.ts';
import { compileCondition, evaluateCondition, explainCondition, parseCondition } from './index.ts';
import { attributeResolver } from './subject.ts';

type Case = [name: string, condition: unknown, attributes: unknown, expected: boolean, savedGroups?: SavedGroups];

/** Half of GrowthBook's language-neutral vectors, kept beside the project and not in it. */
const vectors = new URL('../../../shared/conformance/growthbook-cases-sample.json', import.meta.url);
const present = existsSync(vectors);
const cases: Case[] = present ? JSON.parse(readFileSync(vectors, 'utf8')).evalCondition : [];

describe.skipIf(!present)('the published condition vectors of the GrowthBook SDKs', () => {
  it('are there, so that the cases below are not an empty list', () => {
    expect(cases.length).toBeGreaterThan(100);
  });

  it.each(cases)('%s', (_name, condition, attributes, expected, savedGroups) => {
    expect(evaluateCondition(condition, attributes, savedGroups)).toBe(expected);
  });

  it('whatever publishing accepts of them gives the same answer compiled and explained', () => {
    let accepted = 0;
    for (const [name, json, attributes, expected, savedGroups] of cases) {
      const parsed = parseCondition(json);
      if (!parsed.ok) continue;
      accepted += 1;
      const resolve = attributeResolver(attributes);
      expect(compileCondition(parsed.condition, savedGroups)(resolve), name).toBe(expected);
      expect(explainCondition(parsed.condition, resolve, undefined, savedGroups).passed, name).toBe(expected);
    }
    expect(accepted).toBeGreaterThan(110);
  });
});
