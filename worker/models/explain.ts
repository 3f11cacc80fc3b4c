/** Scores that were given, explained: from the rows that receipts keep and the versions in the bucket. */
import type { ExplainedScore, ExplainedScores } from '../../contract/models/explanations.ts';
import { database } from '../../db/database.ts';
import { findVersion } from '../../db/queries/models.ts';
import { MAX_EXPLANATION_STEPS } from '../../decisioning/scoring/explain/affordable.ts';
import { type Explain, explainer } from '../../decisioning/scoring/explain/explain.ts';
import { tell } from '../../decisioning/scoring/explain/words.ts';
import { openServed } from '../../decisioning/scoring/open-served.ts';
import { seenInputs } from '../../decisioning/scoring/score-customer.ts';
import type { ModelUse, ModelUses, ServedModel } from '../../decisioning/scoring/served.ts';
import { readModel } from './store.ts';

/** Versions that an isolate keeps read for explanations: people ask for the same few again and again. */
export const MAX_KEPT_EXPLAINERS = 8;

/** Steps of all explanations in an answer, some 4 s of the 30 that a request may compute; they are shared out evenly. */
export const MAX_ANSWER_STEPS = 4_294_967_296;

/** A version that scores, and what explains its scores. */
export interface Reading {
  readonly served: ServedModel;
  readonly explain: Explain;
}

const readings = new Map<string, Reading>();

/** A version by its manifest's hash; undefined where it is not there, or for an engine that is not here. */
export async function readingOf(env: Env, workspaceId: string, hash: string): Promise<Reading | undefined> {
  const key = `${workspaceId}/${hash}`;
  const kept = readings.get(key);
  if (kept) return kept;
  const body = await readModel(env, workspaceId, hash);
  const served = body && openServed(JSON.parse(body.manifest), body.file);
  if (!body || !served || 'refused' in served) return undefined;
  const reading = { served, explain: explainer({ ...served, file: body.file }) };
  readings.set(key, reading);
  const oldest = readings.keys().next();
  if (readings.size > MAX_KEPT_EXPLAINERS && !oldest.done) readings.delete(oldest.value);
  return reading;
}

/** What decisions were given by models, explained; a version that is gone leaves its scores without. */
export async function explainUses(
  env: Env,
  workspaceId: string,
  uses: Readonly<Record<string, ModelUses>>,
): Promise<ExplainedScores> {
  const scorings = Object.entries(uses).map(([id, { arms = {}, ...own }]) => {
    const all = [{ ...own, arm: undefined }, ...Object.entries(arms).map(([arm, each]) => ({ ...each, arm }))];
    return [
      id,
      all.flatMap(({ used, shadow, arm }) => [used, shadow].flatMap((use) => (use ? [{ use, arm }] : []))),
    ] as const;
  });
  const count = scorings.reduce((total, [, all]) => total + all.length, 0);
  const steps = Math.min(MAX_EXPLANATION_STEPS, Math.floor(MAX_ANSWER_STEPS / Math.max(1, count)));
  const models = scorings.map(async ([id, all]) => {
    const scored = all.map(({ use, arm }) => explainUse(env, { workspaceId, id, arm, steps }, use));
    return [id, await Promise.all(scored)] as const;
  });
  return Object.fromEntries(await Promise.all(models));
}

async function explainUse(
  env: Env,
  { workspaceId, id, arm, steps }: { workspaceId: string; id: string; arm: string | undefined; steps: number },
  use: ModelUse,
): Promise<ExplainedScore> {
  const { version, stage, outputs, missing } = use;
  const told = { version, stage, ...(arm !== undefined && { arm }), outputs: { ...outputs }, missing: [...missing] };
  const row = await findVersion(database(env.DB), workspaceId, id, version);
  const reading = row && (await readingOf(env, workspaceId, row.manifestHash));
  // One that came too late has no row, and nothing to explain.
  if (!reading || use.row.length === 0) return { ...told, inputs: {}, unexplained: 'not_here' };
  const { served, explain } = reading;
  const encoded = Float32Array.from(use.row, (value) => value ?? Number.NaN);
  const seen = { ...told, inputs: { ...seenInputs(served, encoded, missing) } };
  const explanation = explain({ row: encoded, missing, steps });
  if ('unexplained' in explanation) return { ...seen, ...explanation };
  const { summary, reasons, interventions } = tell(served.manifest, explanation);
  return {
    ...seen,
    explanation: { ...explanation, contributions: [...explanation.contributions] },
    summary,
    reasons: [...reasons],
    interventions: [...interventions],
  };
}
