/** Models that serve a customer's decisions: scores by path, worked out when they are first asked for, and what they were made of. */
import { readPath } from '../segments/paths.ts';
import type { Resolve } from '../segments/subject.ts';
import { ARM_ROOT, type ArmFacts, isArmPath } from './arm-facts.ts';
import type { OpenedModel } from './engine.ts';
import { engineHere } from './engines.ts';
import { type KeptUse, type KeptUses, keptUse, lateUse } from './kept-use.ts';
import type { ModelManifest } from './manifest.ts';
import { outputsOf } from './outputs.ts';
import { type ArmName, isModelPath, type ModelPath, modelPath } from './paths.ts';
import {
  type PublishedModel,
  type PublishedVersion,
  type ServingStage,
  shadowOf,
  versionInCharge,
} from './published.ts';
import { encodeRow } from './vector.ts';

/** A version that an isolate can score with. */
export interface ServedModel {
  readonly manifest: ModelManifest;
  readonly opened: OpenedModel;
}

/** One scoring of one customer: enough to explain it later, and to tell what the customer was like then. */
export interface ModelUse {
  readonly version: number;
  readonly stage: ServingStage;
  /** The encoded row, in the order of the manifest's columns; null stands for NaN, which JSON does not have. Empty where it could not be encoded. */
  readonly row: readonly (number | null)[];
  /** Inputs that had no value. */
  readonly missing: readonly string[];
  /** By output name; empty where the model broke. */
  readonly outputs: Readonly<Record<string, number>>;
  /** It was not there in time, or beyond the steps of a decision: there is neither row nor score. */
  readonly late?: true;
}

/** Scorings of arms that a receipt keeps of one model, the chosen ones among them: of more, each is still among the receipt's reads. */
export const MAX_KEPT_ARMS = 16;

/** Numbers of rows that a receipt keeps, some 20 bytes each, a third of the 2 MB of a stored row: 16 models of 1,024 columns with their shadows. */
export const MAX_KEPT_NUMBERS = 32_768;

/**
 * Multiplications and comparisons that one decision spends on scores, as engines count them before they run: some 80 ms at the very worst, and a tenth of
 * it for trees, which are counted at their deepest. A placement's 64 arms with 300 trees each fit three times.
 */
export const MAX_DECISION_STEPS = 33_554_432;
/** What encoding a row and calling an engine costs beside that, and all of it where the engine does not tell. */
const STEPS_PER_SCORING = 10_000;

/** A model in charge, and the shadow beside it. */
export interface ModelUses {
  readonly used?: ModelUse;
  readonly shadow?: ModelUse;
  /** Of a model that reads arms: `<campaign>/<arm>` → the scoring of it, for at most {@link MAX_KEPT_ARMS}; `used` and `shadow` are absent then. */
  readonly arms?: Readonly<Record<string, Pick<ModelUses, 'used' | 'shadow'>>>;
}

export interface ModelScores {
  /** Answers paths of models, and hands all others on. A model that is missing or breaks answers null: a condition sees a missing attribute. */
  readonly resolve: Resolve;
  /** What was asked for so far, by model id. Of a model that scored more arms than are kept those that are named here go first. */
  readonly uses: (chosen?: readonly ArmName[]) => Readonly<Record<string, ModelUses>>;
  /** The version of a model whose score counted; undefined while it was not asked, and where none served. */
  readonly versionOf: (model: string) => number | undefined;
  /** What a decision for an arm keeps of the models it depends on: of those that were asked, by model id; the outputs it goes by in their order. */
  readonly kept: (
    models: readonly string[],
    arm: ArmName,
    outputs?: readonly string[],
  ) => Readonly<Record<string, KeptUses>>;
}

export interface ScoringFacts {
  readonly models: readonly PublishedModel[];
  /** The opened version by its manifest's hash; undefined where this isolate has none. */
  readonly served: (manifest: string) => ServedModel | undefined;
  readonly bucketingId: string;
  /** What a model may read of an arm; undefined for arms that are not there. */
  readonly armFacts?: ((arm: ArmName) => ArmFacts | undefined) | undefined;
  /** Attributes, counters and facts; never asked for a path of a model. */
  readonly resolve: Resolve;
}

/** A scoring, and whose it is. */
interface Scored {
  readonly use: ModelUse;
  readonly kept: (asked?: string) => KeptUse;
}

interface Scorings {
  readonly used?: Scored;
  readonly shadow?: Scored;
}

/** What is left of {@link MAX_DECISION_STEPS}. */
interface Steps {
  left: number;
}

/**
 * Scores of one customer at one moment; each model runs at most once (and its shadow once), one that reads arms once an arm. What is not here, or exceeds
 * the steps of a decision, has no score, and counts as late; shadows leave the second half of them to those that are heard.
 */
export function modelScores(facts: ScoringFacts): ModelScores {
  const { resolve } = facts;
  const byId = new Map(facts.models.map((model) => [model.id, model]));
  const steps: Steps = { left: MAX_DECISION_STEPS };
  /** By model, or by model and arm. */
  const scorings = new Map<string, { readonly model: string; readonly arm?: string; readonly scorings: Scorings }>();
  const scoringsOf = ({ model: id, arm }: ModelPath): Scorings => {
    const model = byId.get(id);
    const named = arm && model && readsArms(model, facts.served) ? `${arm.campaignId}/${arm.armId}` : undefined;
    const key = named === undefined ? id : `${id}#${named}`;
    const known = scorings.get(key);
    if (known) return known.scorings;
    const fresh = model ? score(model, facts, steps, named === undefined ? undefined : arm) : {};
    scorings.set(key, { model: id, ...(named !== undefined && { arm: named }), scorings: fresh });
    return fresh;
  };
  return {
    resolve: (path) => {
      if (!isModelPath(path)) return resolve(path);
      const asked = modelPath(path);
      const outputs = asked && scoringsOf(asked).used?.use.outputs;
      return outputs && Object.hasOwn(outputs, asked.output) ? outputs[asked.output] : null;
    },
    uses: (chosen = []) => {
      const names = new Set(chosen.map(({ campaignId, armId }) => `${campaignId}/${armId}`));
      const isFirst = ({ arm }: { readonly arm?: string }): boolean => arm !== undefined && names.has(arm);
      const all = [...scorings.values()];
      const rest = all.filter((one) => !isFirst(one));
      const isOwn = ({ arm }: { readonly arm?: string }): boolean => arm === undefined;
      return usesOf([...all.filter(isFirst), ...rest.filter(isOwn), ...rest.filter((one) => !isOwn(one))]);
    },
    versionOf: (id) =>
      [...scorings.values()].find(({ model, scorings: made }) => model === id && made.used)?.scorings.used?.use.version,
    kept: (models, { campaignId, armId }, outputs = []) =>
      Object.fromEntries(
        models.flatMap((id, i) => {
          const made = (scorings.get(`${id}#${campaignId}/${armId}`) ?? scorings.get(id))?.scorings;
          return made && (made.used || made.shadow) ? [[id, each(made, ({ kept }) => kept(outputs[i]))]] : [];
        }),
      ),
  };
}

/** The same of both parts that are there. */
function each<T>({ used, shadow }: Scorings, of: (scored: Scored) => T): { readonly used?: T; readonly shadow?: T } {
  return { ...(used && { used: of(used) }), ...(shadow && { shadow: of(shadow) }) };
}

/** What was scored, model by model, as far as there is room; the first go first. */
function usesOf(
  all: readonly { readonly model: string; readonly arm?: string; readonly scorings: Scorings }[],
): Record<string, ModelUses> {
  const uses: Record<string, ModelUses> = {};
  let room = MAX_KEPT_NUMBERS;
  for (const { model, arm, scorings } of all) {
    if (!scorings.used && !scorings.shadow) continue;
    const told = each(scorings, ({ use }) => use);
    const numbers = numbersOf(told.used) + numbersOf(told.shadow);
    if (numbers > room) continue;
    room -= numbers;
    if (arm === undefined) uses[model] = told;
    else {
      const arms = uses[model]?.arms ?? {};
      if (Object.keys(arms).length < MAX_KEPT_ARMS) uses[model] = { arms: { ...arms, [arm]: told } };
    }
  }
  return uses;
}

/** What a scoring takes of a receipt's room: a name that is missing is as long as two numbers. */
const numbersOf = (use?: ModelUse): number => (use ? use.row.length + 2 * use.missing.length : 0);

/** Whether a version in service reads arms: then all of them are scored arm by arm. */
function readsArms({ versions }: PublishedModel, served: ScoringFacts['served']): boolean {
  return versions.some(({ manifest }) =>
    served(manifest)?.manifest.inputs.some(({ attribute }) => isArmPath(attribute)),
  );
}

function score(
  model: PublishedModel,
  { served, bucketingId, armFacts, resolve }: ScoringFacts,
  steps: Steps,
  arm?: ArmName,
): Scorings {
  const ofArm = arm && { [ARM_ROOT]: armFacts?.(arm) };
  const read: Resolve = ofArm ? (path) => (isArmPath(path) ? readPath(ofArm, path) : resolve(path)) : resolve;
  const scored = (version: PublishedVersion | undefined, reserved = 0): Scored | undefined => {
    if (!version) return undefined;
    const named = { version: version.version, stage: version.stage };
    const opened = served(version.manifest);
    const cost = STEPS_PER_SCORING + (opened?.opened.steps ?? 0);
    if (!opened && isForOthers(version)) return undefined;
    if (!opened || cost > steps.left - reserved) return { use: { ...named, ...LATE }, kept: () => lateUse(version) };
    steps.left -= cost;
    const scoring = scoreOnce(opened, read);
    if (!scoring) return undefined;
    const use = { ...named, ...scoring };
    return { use, kept: (asked) => keptUse(opened.manifest, use, asked) };
  };
  const used = scored(versionInCharge(model, bucketingId));
  const shadow = scored(shadowOf(model), MAX_DECISION_STEPS / 2);
  return { ...(used && { used }), ...(shadow && { shadow }) };
}

/**
 * Whether a version that is not here may never come: its engine is in no part of this build, or it is for pages, which score it themselves. A build must not
 * speak against a version that others score well.
 */
function isForOthers({ engine, onDevice }: PublishedVersion): boolean {
  return onDevice === true || !engineHere(engine ?? 'hyperedge');
}

const LATE = { row: [], missing: [], outputs: {}, late: true } as const;

/** One run of a model; whatever goes wrong in it costs the score and nothing else. Undefined where it is not this host's to run: nothing broke then. */
function scoreOnce(
  { manifest, opened }: ServedModel,
  resolve: Resolve,
): Omit<ModelUse, 'version' | 'stage'> | undefined {
  let kept: Pick<ModelUse, 'row' | 'missing'> = { row: [], missing: [] };
  // Of a page's model that only the page can ask, no score: that of somebody of whom nothing is known would be taken for one.
  const isNobody = (missing: readonly string[]) => manifest.onDevice && missing.length === manifest.inputs.length;
  try {
    const { row, missing } = encodeRow(manifest.inputs, resolve);
    kept = { row: Array.from(row, (value) => (Number.isNaN(value) ? null : value)), missing };
    if (isNobody(missing)) return undefined;
    return { ...kept, outputs: outputsOf(manifest, opened.run(row, 1)) };
  } catch {
    return { ...kept, outputs: {} };
  }
}
