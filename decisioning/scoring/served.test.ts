import { describe, expect, test } from 'vitest';
import type { ArmFacts } from './arm-facts.ts';
import type { OpenedModel } from './engine.ts';
import type { ModelManifest } from './manifest.ts';
import { armPath } from './paths.ts';
import type { PublishedModel } from './published.ts';
import { MAX_DECISION_STEPS, MAX_KEPT_ARMS, modelScores, type ServedModel } from './served.ts';

const MANIFEST: ModelManifest = {
  format: 1,
  id: 'churn',
  name: 'Churn',
  predicts: 'leaves within a month',
  engine: 'hyperedge',
  file: { sha256: '0'.repeat(64), bytes: 1 },
  inputTensor: 'row',
  inputs: [
    { name: 'tenure', attribute: 'tenureMonths', encoding: { kind: 'number', scale: 10 }, missing: 0 },
    { name: 'visits', attribute: 'behaviour.view.count.60m', encoding: { kind: 'number' }, missing: 'nan' },
  ],
  outputs: [{ name: 'probability', tensor: 'score', column: 0, range: [0, 1], kind: 'probability' }],
};
const LIVE: PublishedModel = { id: 'churn', versions: [{ version: 1, stage: 'live', manifest: 'm1' }] };

/** A model that scores what it is told, and counts how often it runs. */
function modelOf(score: (row: Float32Array) => number): ServedModel & { runs: number } {
  const opened: OpenedModel = {
    inputs: [{ name: 'row', width: 2 }],
    outputs: [{ name: 'score', width: 1 }],
    run: (rows) => {
      served.runs += 1;
      return { score: Float32Array.of(score(rows)) };
    },
  };
  const served = { manifest: MANIFEST, opened, runs: 0 };
  return served;
}

const CUSTOMER: Readonly<Record<string, unknown>> = { tenureMonths: 5, name: 'Ada' };
const scoresOf = (models: readonly PublishedModel[], served: Readonly<Record<string, ServedModel>>) =>
  modelScores({ models, served: (hash) => served[hash], bucketingId: 'ada', resolve: (path) => CUSTOMER[path] });

describe('modelScores', () => {
  test('runs nothing before a path of a model is asked for, and then once', () => {
    const m1 = modelOf((row) => row[0]!);
    const scores = scoresOf([LIVE], { m1 });
    expect(scores.resolve('tenureMonths')).toBe(5);
    expect([m1.runs, scores.uses()]).toEqual([0, {}]);
    expect(scores.resolve('models.churn.probability')).toBe(0.5);
    expect(scores.resolve('models.churn.probability')).toBe(0.5);
    expect(m1.runs).toBe(1);
  });

  test('tells what a score was made of: the row, null for NaN, and what was missing', () => {
    const scores = scoresOf([LIVE], { m1: modelOf(() => 0.25) });
    scores.resolve('models.churn.probability');
    expect(scores.uses()).toEqual({
      churn: {
        used: { version: 1, stage: 'live', row: [0.5, null], missing: ['visits'], outputs: { probability: 0.25 } },
      },
    });
  });

  test('scores with the shadow, too, and lets only the version in charge be heard', () => {
    const shadowed = {
      ...LIVE,
      versions: [...LIVE.versions, { version: 2, stage: 'shadow', manifest: 'm2' } as const],
    };
    const scores = scoresOf([shadowed], { m1: modelOf(() => 0.25), m2: modelOf(() => 0.75) });
    expect(scores.resolve('models.churn.probability')).toBe(0.25);
    expect(scores.uses().churn).toMatchObject({
      used: { version: 1, outputs: { probability: 0.25 } },
      shadow: { version: 2, outputs: { probability: 0.75 } },
    });
  });

  test.each<[string, readonly PublishedModel[], Readonly<Record<string, ServedModel>>, string]>([
    ['nobody published', [], {}, 'models.churn.probability'],
    ['this isolate does not have', [LIVE], {}, 'models.churn.probability'],
    [
      'throws',
      [LIVE],
      {
        m1: modelOf(() => {
          throw new Error('broken');
        }),
      },
      'models.churn.probability',
    ],
    [
      'measures texts in a way that is not known here',
      [LIVE],
      {
        m1: {
          ...modelOf(() => 0.5),
          manifest: {
            ...MANIFEST,
            inputs: [{ name: 'a', attribute: 'name', encoding: { kind: 'text', measures: ['tomorrows'] }, missing: 0 }],
          },
        },
      },
      'models.churn.probability',
    ],
    ['gives no number', [LIVE], { m1: modelOf(() => Number.NaN) }, 'models.churn.probability'],
    ['gives more than it may', [LIVE], { m1: modelOf(() => 1.5) }, 'models.churn.probability'],
    ['has no such output', [LIVE], { m1: modelOf(() => 0.5) }, 'models.churn.value'],
    ['has an output of another name', [LIVE], { m1: modelOf(() => 0.5) }, 'models.churn.constructor'],
    ['is asked for in too many words', [LIVE], { m1: modelOf(() => 0.5) }, 'models.churn.probability.x'],
  ])('is a missing attribute where the model %s', (_name, models, served, path) => {
    expect(scoresOf(models, served).resolve(path)).toBeNull();
  });
});

describe('a version that is not here', () => {
  const told = (more: object) =>
    scoresOf([{ ...LIVE, versions: [{ version: 1, stage: 'live', manifest: 'm1', ...more }] }], {});

  test('is late', () => {
    const scores = told({});
    expect(scores.resolve('models.churn.probability')).toBeNull();
    expect(scores.uses()).toEqual({ churn: { used: expect.objectContaining({ version: 1, late: true }) } });
  });

  test.each([
    ['that pages score', { onDevice: true }],
    ['whose engine is in no part of this build', { engine: 'onnxruntime-web' }],
  ])('is nothing at all where it is one %s', (_words, more) => {
    const scores = told(more);
    expect(scores.resolve('models.churn.probability')).toBeNull();
    expect(scores.uses()).toEqual({});
    expect(scores.kept(['churn'], { campaignId: 'home', armId: 'a' })).toEqual({});
  });
});

describe('the steps of a decision', () => {
  const published = (id: string, stages: readonly ('live' | 'shadow')[]): PublishedModel => ({
    id,
    versions: stages.map((stage, i) => ({ version: i + 1, stage, manifest: `${id}-${stage}` })),
  });
  const costing = (steps: number) => {
    const model = modelOf(() => 0.5);
    return { ...model, opened: { ...model.opened, steps } };
  };
  const third = Math.floor(MAX_DECISION_STEPS / 3) - 10_000;

  test('end: what does not fit them any more has no score, and what is cheap enough still has', () => {
    const ids = ['a', 'b', 'c', 'd'];
    const served = Object.fromEntries(ids.map((id) => [`${id}-live`, costing(third)]));
    const { resolve, uses } = scoresOf([...ids.map((id) => published(id, ['live'])), published('e', ['live'])], {
      ...served,
      'e-live': costing(-10_000),
    });
    expect([...ids, 'e'].map((id) => resolve(`models.${id}.probability`))).toEqual([0.5, 0.5, 0.5, null, 0.5]);
    expect(uses().d).toEqual({ used: { version: 1, stage: 'live', row: [], missing: [], outputs: {}, late: true } });
  });

  test('are spent by shadows up to one half', () => {
    const served = Object.fromEntries(
      ['a', 'b'].flatMap((id) => [
        [`${id}-live`, costing(third)],
        [`${id}-shadow`, costing(10_000)],
      ]),
    );
    const scores = scoresOf([published('a', ['live', 'shadow']), published('b', ['live', 'shadow'])], served);
    scores.resolve('models.a.probability');
    scores.resolve('models.b.probability');
    const shadows = Object.entries(scores.uses()).map(([id, uses]) => [id, uses.shadow?.late ?? false]);
    expect(shadows).toEqual([
      ['a', false],
      ['b', true],
    ]);
    expect(scores.uses().b!.used!.outputs).toEqual({ probability: 0.5 });
  });
});

test('a model for pages that is asked where nothing it reads is known has no score, and did not break', () => {
  const m1 = { ...modelOf(() => 0.5), manifest: { ...MANIFEST, onDevice: true as const } };
  const facts = { models: [LIVE], served: () => m1, bucketingId: 'ada' };
  const nobody = modelScores({ ...facts, resolve: () => null });
  expect(nobody.resolve('models.churn.probability')).toBeNull();
  expect(nobody.uses()).toEqual({});
  expect(modelScores({ ...facts, resolve: (path) => CUSTOMER[path] }).resolve('models.churn.probability')).toBe(0.5);
});

test('a canary that is not here scores nobody, nor does the live version in its place: it is late, and kept as such', () => {
  const canary = { version: 2, stage: 'canary', manifest: 'm2', share: 1, watch: { goal: 'leave' } } as const;
  const scores = scoresOf([{ id: 'churn', versions: [...LIVE.versions, canary] }], { m1: modelOf(() => 0.5) });
  expect(scores.resolve('models.churn.probability')).toBeNull();
  expect(scores.kept(['churn', 'other'], { campaignId: 'c', armId: 'a' })).toEqual({
    churn: { used: { version: 2, stage: 'canary', missing: 0, goal: 'leave', late: true } },
  });
});

describe('a model that reads arms', () => {
  const HEADLINES: ModelManifest = {
    ...MANIFEST,
    id: 'creative',
    inputs: [
      { name: 'loud', attribute: 'arm.content.loud', encoding: { kind: 'boolean' }, missing: 0 },
      { name: 'tenure', attribute: 'tenureMonths', encoding: { kind: 'number', scale: 10 }, missing: 0 },
    ],
  };
  const ARMS: Readonly<Record<string, ArmFacts>> = { 'hero/a': { content: { loud: true } }, 'hero/b': { content: {} } };
  const CREATIVE: PublishedModel = { id: 'creative', versions: [{ version: 1, stage: 'live', manifest: 'm1' }] };
  const pathOf = (armId: string) => armPath('models.creative.probability', { campaignId: 'hero', armId });
  const scores = () => {
    const m1 = { ...modelOf((row) => 0.5 * row[0]! + 0.5 * row[1]!), manifest: HEADLINES };
    const facts = {
      models: [CREATIVE],
      served: () => m1,
      bucketingId: 'ada',
      resolve: (path: string) => CUSTOMER[path],
    };
    return modelScores({ ...facts, armFacts: ({ campaignId, armId }) => ARMS[`${campaignId}/${armId}`] });
  };

  test('scores each arm by what it says, and by the customer', () => {
    const { resolve } = scores();
    expect([resolve(pathOf('a')), resolve(pathOf('b')), resolve(pathOf('gone'))]).toEqual([0.75, 0.25, 0.25]);
  });

  test('tells each scoring by campaign and arm', () => {
    const { resolve, uses } = scores();
    resolve(pathOf('a'));
    resolve(pathOf('b'));
    expect(uses().creative?.arms).toMatchObject({
      'hero/a': { used: { row: [1, 0.5], missing: [] } },
      'hero/b': { used: { row: [0, 0.5], missing: ['loud'] } },
    });
  });

  test('keeps so many arms in what it tells, and scores the others all the same', () => {
    const { resolve, uses } = scores();
    for (let i = 0; i <= MAX_KEPT_ARMS; i++) expect(resolve(pathOf(`x${i}`))).toBe(0.25);
    expect(Object.keys(uses().creative?.arms ?? {})).toHaveLength(MAX_KEPT_ARMS);
  });

  test('keeps the arms that were chosen, whatever their place', () => {
    const { resolve, uses } = scores();
    for (let i = 0; i <= MAX_KEPT_ARMS; i++) resolve(pathOf(`x${i}`));
    const last = `x${MAX_KEPT_ARMS}`;
    const kept = Object.keys(uses([{ campaignId: 'hero', armId: last }]).creative?.arms ?? {});
    expect([kept.length, kept.includes(`hero/${last}`), kept.includes('hero/x0')]).toEqual([MAX_KEPT_ARMS, true, true]);
  });

  test('keeps as many numbers as a receipt has room for: chosen arms first, then what no arm was read for', () => {
    const values = Array.from({ length: 1_020 }, (_, i) => `${i}`);
    const wide = {
      name: 'tenure',
      attribute: 'tenureMonths',
      encoding: { kind: 'one_hot', values },
      missing: 0,
    } as const;
    const manifests = { arms: [...HEADLINES.inputs.slice(0, 1), wide], own: [wide] };
    const models = Array.from({ length: 24 }, (_, i): PublishedModel => {
      const manifest = i < 3 ? 'arms' : 'own';
      return { id: `m${i}`, versions: [{ version: 1, stage: 'live', manifest }] };
    });
    const { resolve, uses } = modelScores({
      models,
      served: (hash) => ({
        ...modelOf(() => 0.5),
        manifest: { ...MANIFEST, inputs: manifests[hash as 'arms' | 'own'] },
      }),
      bucketingId: 'ada',
      resolve: (path) => CUSTOMER[path],
      armFacts: () => ({ content: { loud: true } }),
    });
    for (const { id } of models.slice(0, 3))
      for (let i = 0; i < MAX_KEPT_ARMS; i++)
        resolve(armPath(`models.${id}.probability`, { campaignId: 'hero', armId: `x${i}` }));
    for (const { id } of models.slice(3)) resolve(`models.${id}.probability`);
    const kept = uses([{ campaignId: 'hero', armId: 'x15' }]);
    const arms = (id: string): string[] => Object.keys(kept[id]?.arms ?? {});
    expect(models.slice(3).every(({ id }) => kept[id]?.used)).toBe(true);
    // 32,768 numbers are 32 rows; three chosen arms and 21 models leave eight to the arms that were asked for first.
    expect([arms('m0'), arms('m1'), arms('m2')].map(({ length }) => length)).toEqual([9, 1, 1]);
    expect([arms('m1'), arms('m2')]).toEqual([['hero/x15'], ['hero/x15']]);
    expect(JSON.stringify(kept).length).toBeLessThan(1_000_000);
  });

  test('runs once for all arms where it reads none', () => {
    const m1 = modelOf((row) => row[0]!);
    const { resolve } = scoresOf([LIVE], { m1 });
    for (const armId of ['a', 'b']) resolve(armPath('models.churn.probability', { campaignId: 'hero', armId }));
    expect(m1.runs).toBe(1);
  });
});
