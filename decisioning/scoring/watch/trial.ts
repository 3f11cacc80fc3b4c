/** What a trial, and its first conversion, add to the sums of the versions that scored it. */
import type { SumsByName } from '../../bandits/named-sums.ts';
import type { KeptUse, KeptUses } from '../kept-use.ts';
import { armSumsOfConversion, armSumsOfTrial } from './arm-sums.ts';
import { inputSums } from './input-sums.ts';
import { conversionScoreSums, type KeptScore, sumsName, trialScoreSums } from './score-sums.ts';

/** Versions that one trial counts for: more than any campaign asks; each is a row on its way to the shard. */
export const MAX_WATCHED_USES = 8;

/** A decision as far as its models are concerned. */
export interface WatchedTrial {
  readonly models?: Readonly<Record<string, KeptUses>>;
  readonly goal: string;
  /** Nobody knows who the customer is. */
  readonly anonymous?: boolean;
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

function keptScore({ score, bin, missing, late }: KeptUse): KeptScore {
  return {
    ...(score !== undefined && { score }),
    ...(bin !== undefined && { bin }),
    missing: missing > 0,
    ...(late && { late }),
  };
}

const kindOf = ({ use, judged }: WatchedUse) => (judged ? (use.as ?? 'model') : 'scores');

/** One body of sums a version, in service and shadow alike: each is delivered by itself, since all together may be too long for one event. */
export function modelSumsOfTrial(trial: WatchedTrial): readonly SumsByName[] {
  return usesOf(trial).map((watched) => {
    const { model, use } = watched;
    const named = { model, version: use.version };
    // Bins of what is not judged are of equal width, whatever the manifest has.
    const { bin: _, ...unbinned } = use;
    return {
      [sumsName(kindOf(watched), named, trial.anonymous)]: trialScoreSums(keptScore(watched.judged ? use : unbinned)),
      ...(use.versus !== undefined && { [sumsName('arms', named)]: armSumsOfTrial(use.versus) }),
      ...(use.inputs && { [sumsName('inputs', named)]: inputSums(use.inputs.length, use.inputs.at) }),
    };
  });
}

/** What its first conversion adds: to the scores that are judged by it, and to choices among arms, which the campaign's goal judges whatever they predict. */
export function modelSumsOfConversion(trial: WatchedTrial): readonly SumsByName[] {
  return usesOf(trial).flatMap((watched) => {
    const { model, use, judged } = watched;
    const named = { model, version: use.version };
    const scores = judged ? conversionScoreSums(keptScore(use)) : undefined;
    const sums = {
      ...(scores && { [sumsName(kindOf(watched), named, trial.anonymous)]: scores }),
      ...(use.versus !== undefined && { [sumsName('arms', named)]: armSumsOfConversion(use.versus) }),
    };
    return Object.keys(sums).length > 0 ? [sums] : [];
  });
}
