import { describe, expect, test } from 'vitest';
import { armOf, campaignOf } from '../testing/configuration.ts';
import type { CampaignConfiguration } from './configuration.ts';
import { type KnownModel, modelReadsOf, modelWarnings } from './model-reads.ts';

const likes: KnownModel = { id: 'likes', serves: true, outputs: ['probability'], readsArms: true };
const churn: KnownModel = { id: 'churn', serves: true, outputs: ['probability'], readsArms: false };
const told = (extra: Partial<CampaignConfiguration>, models: readonly KnownModel[], condition: object = {}) =>
  modelWarnings(
    modelReadsOf({
      campaigns: [campaignOf('c', extra)],
      segments: [{ id: 's', name: 'S', condition: condition as never }],
    }),
    models,
  ).map(({ path, detail }) => [path, detail]);
const above = (path: string) => ({ [path]: { $gt: 0.5 } });

describe('a score that is named', () => {
  test('is found in audiences, contexts, segments, scores and worth', () => {
    const reads = modelReadsOf({
      campaigns: [
        campaignOf('c', {
          audience: { condition: { $or: [above('models.a.p'), above('models.a.p')] } },
          contexts: [{ id: 'x', condition: above('models.b.p') }],
          arms: [armOf('a', { score: 'models.c.p' }), armOf('b', { score: 'likes.b' })],
          arbitration: { valueFrom: 'models.d.value' } as never,
        }),
      ],
      segments: [{ id: 's', name: 'S', condition: { $not: above('models.e.p') } as never }],
    });
    expect(reads.map(({ at, model }) => [at, model])).toEqual([
      ['/campaigns/c/audience/condition', 'a'],
      ['/campaigns/c/contexts/0/condition', 'b'],
      ['/campaigns/c/arms/0/score', 'c'],
      ['/campaigns/c/arbitration/valueFrom', 'd'],
      ['/segments/s/condition', 'e'],
    ]);
  });

  test('needs no warning while its model serves and has it', () => {
    expect(told({}, [churn], above('models.churn.probability'))).toEqual([]);
  });

  test.each([
    ['models.chrun.probability', /^no model "chrun" is registered.*did you mean "churn"\?$/],
    ['models.churn.probabilty', /^model "churn" has no output "probabilty".*did you mean "probability"\?$/],
  ])('that is mistyped, %s, is told with what was meant', (path, detail) => {
    expect(told({}, [churn], above(path))).toEqual([['/segments/s/condition', expect.stringMatching(detail)]]);
  });

  test('of a model of which no version serves is told', () => {
    expect(told({}, [{ ...churn, serves: false }], above('models.churn.probability'))).toEqual([
      ['/segments/s/condition', expect.stringContaining('no version of model "churn" is live or canary')],
    ]);
  });

  test('that all arms share is told once, where it chooses nothing among them', () => {
    const score = 'models.churn.probability';
    const arms = [armOf('a', { score }), armOf('b', { score })];
    expect(told({ arms, score }, [churn])).toEqual([['/campaigns/c/score', expect.stringContaining('all alike')]]);
    expect(told({ arms }, [churn]).map(([path]) => path)).toEqual(['/campaigns/c/arms/0/score']);
    expect(told({ arms: [arms[0]!], score }, [churn])).toEqual([]);
    const liked = arms.map((arm) => ({ ...arm, score: 'models.likes.probability' }));
    expect(told({ arms: liked }, [likes])).toEqual([]);
  });
});
