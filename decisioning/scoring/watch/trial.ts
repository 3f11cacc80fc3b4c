/** What a trial, and its first conversion, add to the sums of the versions that scored it. */
import type { SumsByName } from '../../bandits/named-sums.ts';
import type { KeptUse, KeptUses } from '../kept-use.ts';
import { inputSums } from './input-sums.ts';
import { conversionScoreSums, type KeptScore, sumsName, trialScoreSums } from './score-sums.ts';

/** Versions that one trial counts for: more than any campaign asks; each is a row on its way to the shard. */
export const MAX_WATCHED_USES = 8;

/** A decision as far as its models are concerned. */
export interface WatchedTrial {
  readonly models?: Readonly<Record<string, KeptUses>>;
  readonly goal: string;
}

interface WatchedUse {
  readonly model: string;
  readonly use: KeptUse;
  /** The trial's goal is what the model predicts. */
  readonly judged: boolean;
}

/** A manifest that names a goal is judged by no other, whoever lets it score their arms. */
function isJudged(use: KeptUse, scoresArms: boolean, goal: string): boolean {
  return use.goal === undefined ? scoresArms : use.goal === goal;
}

function usesOf({ models = {}, goal }: WatchedTrial): readonly WatchedUse[] {
  return Object.entries(models)
    .flatMap(([model, { used, shadow, scoresArms = false }]) =>
      [used, shadow].flatMap((use) => (use ? [{ model, use, judged: isJudged(use, scoresArms, goal) }] : [])),
    )
    .slice(0, MAX_WATCHED_USES);
}

function keptScore({ score, missing, late }: KeptUse): KeptScore {
  return { ...(score !== undefined && { score }), missing: missing > 0, ...(late && { late }) };
}

/** One body of sums a version, in service and shadow alike: each is delivered by itself, since all together may be too long for one event. */
export function modelSumsOfTrial(trial: WatchedTrial): readonly SumsByName[] {
  return usesOf(trial).map(({ model, use, judged }) => {
    const named = { model, version: use.version };
    return {
      [sumsName(judged ? 'model' : 'scores', named)]: trialScoreSums(keptScore(use)),
      ...(use.inputs && { [sumsName('inputs', named)]: inputSums(use.inputs.length, use.inputs.at) }),
    };
  });
}

/** What its first conversion adds, of the versions that are judged by it. */
export function modelSumsOfConversion(trial: WatchedTrial): readonly SumsByName[] {
  return usesOf(trial).flatMap(({ model, use, judged }) => {
    const sums = judged ? conversionScoreSums(keptScore(use)) : undefined;
    return sums ? [{ [sumsName('model', { model, version: use.version })]: sums }] : [];
  });
}
