/** The models that come with the project, asked as a decision asks. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { factsOfArm } from '../../../decisioning/scoring/arm-facts.ts';
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { armPath } from '../../../decisioning/scoring/paths.ts';
import { modelScores } from '../../../decisioning/scoring/served.ts';
import { opened } from '../run/files.ts';

const CONTENT: Readonly<Record<string, object>> = {
  telling: { text: 'She Thought Nobody Was Watching. Then This Woman Told Him What She Saw.' },
  plain: { text: 'Quarterly report available' },
  picture: { src: '/hero.webp' },
};

/** A decision's way to the scores of one model, with the customer's attributes. */
function scoresOf(id: string, attributes: Readonly<Record<string, unknown>>) {
  const manifest = JSON.parse(readFileSync(`models/${id}/manifest.json`, 'utf8')) as ModelManifest;
  const served = { manifest, opened: opened(Uint8Array.from(readFileSync(`models/${id}/model.onnx`))) };
  return modelScores({
    models: [{ id, versions: [{ version: 1, stage: 'live', manifest: 'm1' }] }],
    served: (hash) => (hash === 'm1' ? served : undefined),
    bucketingId: 'customer',
    armFacts: ({ armId }) => (CONTENT[armId] ? factsOfArm({ id: armId, content: CONTENT[armId] }) : undefined),
    resolve: (path) => attributes[path] ?? null,
  });
}

it('scores the arms of a campaign by their texts, and one without a text like the average', () => {
  const { resolve } = scoresOf('creative-performance', {});
  const lift = (armId: string) =>
    resolve(armPath('models.creative-performance.lift', { campaignId: 'c', armId })) as number;
  expect(lift('telling')).toBeGreaterThan(lift('picture'));
  expect(lift('picture')).toBeGreaterThan(lift('plain'));
  expect(Math.abs(lift('picture') - 1)).toBeLessThan(0.05);
});

it('values a customer who keeps ordering above one who has stopped, and nobody knows nothing', () => {
  const value = (attributes: Readonly<Record<string, unknown>>) =>
    scoresOf('lifetime-value', attributes).resolve('models.lifetime-value.value') as number;
  const known = { 'orders.count': 6, 'orders.firstDaysAgo': 200, 'orders.meanValue': 40 };
  const [keeps, stopped, nobody] = [
    value({ ...known, 'orders.lastDaysAgo': 10 }),
    value({ ...known, 'orders.lastDaysAgo': 160 }),
    value({}),
  ];
  expect(keeps).toBeGreaterThan(5 * stopped);
  expect(nobody).toBeGreaterThan(0);
  expect(nobody).toBeLessThan(60);
});
