import { describe, expect, test } from 'vitest';
import { armOf, campaignOf, catalogOf, configurationOf, DAY_MS } from '../testing/configuration.ts';
import type { CampaignConfiguration } from './configuration.ts';
import { modelOutputsOf, modelPolicyOf } from './model-use.ts';

const above = (path: string) => ({ [path]: { $gt: 0.5 } });
const segments = [
  { id: 'outer', name: 'O', condition: { $inSegment: 'inner' } },
  { id: 'inner', name: 'I', condition: above('models.deep.p') },
];
const policy = (extra: Partial<CampaignConfiguration>) => modelPolicyOf(campaignOf('c', extra), DAY_MS, segments);

describe('what a campaign goes by of its models', () => {
  test('names those that choose its customers, segments within segments included, and how long outcomes take', () => {
    const told = policy({
      audience: { segment: 'outer', condition: above('models.a.p') },
      arbitration: { valueFrom: 'models.worth.value' } as never,
      contexts: [{ id: 'x', condition: above('models.context.p') }],
    });
    expect(told).toEqual({ models: { goalWindowMs: DAY_MS, selects: ['a', 'deep', 'worth'] } });
  });

  test('names none where models score arms or leaves alone, and nothing where none is asked', () => {
    expect(policy({ arms: [armOf('a', { score: 'models.s.p' })] })).toEqual({
      models: { goalWindowMs: DAY_MS, selects: [] },
    });
    expect(policy({ audience: { condition: above('age') } })).toEqual({});
  });

  test('goes by the output of the arms before that of the audience, and by none of a model that it does not ask', () => {
    const campaign = campaignOf('c', {
      audience: { condition: { $and: [above('models.m.alive'), above('models.n.returns')] } },
    });
    const outputs = modelOutputsOf(campaign, { scorePaths: ['models.m.lift'] }, ['m', 'n', 'other'], []);
    expect(outputs).toEqual(['lift', 'returns', '']);
  });

  test('is published: outputs with the slice, the rest with the policy of the root', () => {
    const { placements, policies } = catalogOf(
      configurationOf([campaignOf('c', { audience: { condition: above('models.m.alive') } })]),
    );
    const [{ models, modelOutputs } = {}] = placements.hero!.rules.campaigns;
    expect([models, modelOutputs]).toEqual([['m'], ['alive']]);
    expect(policies[0]!.models?.selects).toEqual(['m']);
  });
});
