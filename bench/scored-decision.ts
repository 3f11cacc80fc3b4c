/** What a decision costs that asks a model of 100 trees, beside the same one that reads an attribute in its place. */
import { decideWithReceipt } from '../decisioning/receipt.ts';
import type { ModelManifest } from '../decisioning/scoring/manifest.ts';
import { openModel } from '../decisioning/scoring/onnx/index.ts';
import { modelScores } from '../decisioning/scoring/served.ts';
import { armOf, campaignOf, configurationOf, slicesOf } from '../decisioning/testing/configuration.ts';
import { inputOf } from '../decisioning/testing/decide-once.ts';
import { writeModel } from '../models/training/onnx/writer.ts';
import { type BenchRow, timeOf } from './clock.ts';
import { SCORED } from './scored-models.ts';

const CAMPAIGNS = 10;
const ARMS = 10;
const FACTS = { requestId: 'bench', revision: 1, rules: { hero: '0'.repeat(64) } };

/** The trees of the other rows, fed by attributes; one column is read from the arm where arms are scored. */
function served(ofArms: boolean) {
  const trees = SCORED.find(({ id }) => id === 'trees');
  if (!trees) throw new Error('the bench has no trees');
  const opened = openModel(writeModel(trees.graph));
  if ('refused' in opened) throw new Error(`the evaluator refused: ${opened.detail}`);
  const manifest: ModelManifest = {
    format: 1,
    id: 'likes',
    name: 'Likes',
    predicts: 'clicks',
    engine: 'hyperedge',
    file: { sha256: '0'.repeat(64), bytes: 1 },
    inputTensor: 'x',
    inputs: Array.from({ length: trees.width }, (_, i) => ({
      name: `x${i}`,
      attribute: ofArms && i === 0 ? 'arm.content.data.x' : `x${i}`,
      encoding: { kind: 'number' as const },
      missing: 0,
    })),
    outputs: [{ name: 'p', tensor: 'y', column: 0, range: [0, 1], kind: 'probability' }],
  };
  // The trees were made up for other rows: a likelihood is what arms are blended with.
  const run: typeof opened.run = (rows, count) => ({
    y: opened.run(rows, count).y!.map((y) => 1 / (1 + Math.exp(-y))),
  });
  return { manifest, opened: { ...opened, run } };
}

/** A decision with its receipt, every score computed anew. */
function deciding(audience: string, score?: string): () => number {
  const arms = Array.from({ length: ARMS }, (_, i) =>
    armOf(`arm-${i}`, { content: { data: { x: i } }, ...(score !== undefined && { score }) }),
  );
  const strategy = { policy: 'ucb' as const, minExploration: 0.01, ...(score !== undefined && { modelWeight: 0.3 }) };
  const campaigns = Array.from({ length: score === undefined ? CAMPAIGNS : 1 }, (_, i) =>
    campaignOf(`campaign-${i}`, { strategy, arms, audience: { condition: { [audience]: { $gt: -1e6 } } } }),
  );
  const traits = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`x${i}`, Math.sin(i)]));
  const attributes = Object.keys(traits).map((id) => ({ id, type: 'number' as const, source: 'any' as const }));
  const slices = slicesOf(configurationOf(campaigns, { attributes }));
  const input = { ...inputOf(slices, { customer: { traits } }), trace: false };
  const [campaign] = slices.slices.hero!.campaigns;
  const model = served(score !== undefined);
  const facts = {
    models: [{ id: 'likes', versions: [{ version: 1, stage: 'live' as const, manifest: 'm' }] }],
    served: () => model,
    bucketingId: 'someone',
    armFacts: ({ armId }: { armId: string }) => campaign!.armFacts?.[campaign!.armIds.indexOf(armId)],
    resolve: input.customer.resolve,
  };
  return () => {
    const { resolve, uses } = modelScores(facts);
    const customer = { ...input.customer, resolve, modelUses: uses };
    return decideWithReceipt({ ...input, customer }, FACTS).decisions[0]!.chosen!.propensityArm;
  };
}

/** The rows of this file. */
export function scoredDecisionRows(): BenchRow[] {
  return [
    {
      id: 'decide.by_attribute',
      what: `a decision and its receipt: ${CAMPAIGNS} campaigns whose audience is an attribute, ${ARMS} arms each`,
      time: timeOf(deciding('x0')),
    },
    {
      id: 'decide.by_score',
      what: 'the same, the audience a score of 100 trees × depth 6',
      time: timeOf(deciding('models.likes.p')),
    },
    {
      id: 'decide.by_arm_scores',
      what: `one campaign, ${ARMS} arms, each scored by these trees and blended in`,
      time: timeOf(deciding('x0', 'models.likes.p')),
    },
  ];
}
