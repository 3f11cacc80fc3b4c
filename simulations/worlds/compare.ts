/** Contenders over several runs of one world: means with their errors, and differences on the same fate. */
import { DEFAULT_MASS, type Estimate } from '../../decisioning/evaluation/interval.ts';
import { sampleMoments } from '../../decisioning/evaluation/mean-lift.ts';
import { studentCritical } from '../../decisioning/math/student.ts';
import type { PlayedCampaign } from './played.ts';

/** One contender's runs of one campaign, in the order of seeds. */
export interface ContenderRuns {
  readonly name: string;
  /** At least one. */
  readonly runs: readonly PlayedCampaign[];
}

/** A mean over runs and its standard error; 0 for one run. */
export interface Mean {
  readonly mean: number;
  readonly standardError: number;
}

/** One row of a comparison; rewards in the unit that the campaign is measured in, the same for all. */
export interface ContenderSummary {
  readonly name: string;
  readonly shown: Mean;
  readonly reward: Mean;
  readonly conversions: Mean;
  /** In major units. */
  readonly revenue: Mean;
  /** Reward per exposure. */
  readonly rate: Mean;
  /** Expected reward lost against always showing each customer the best arm of that moment. */
  readonly regret: Mean;
  /** Mean regret after each fiftieth of the time. */
  readonly curve: readonly number[];
  /** Share of exposures per arm. */
  readonly arms: readonly { readonly arm: string; readonly share: number }[];
  /** Reward minus the first contender's, as a share of the first's mean: the mean of the runs' differences with its 95 % interval. Null for
   * the first itself, for fewer than two runs, and where the first earned nothing. */
  readonly lift: Estimate | null;
}

/** @param contenders all with the same number of runs of the same seeds; differences are to the first. */
export function compare(contenders: readonly ContenderRuns[]): ContenderSummary[] {
  const first = contenders[0]!;
  return contenders.map(({ name, runs }) => {
    const shown = runs.reduce((sum, run) => sum + run.shown, 0);
    const points = runs[0]!.curve.length;
    return {
      name,
      shown: meanOf(runs.map((run) => run.shown)),
      reward: meanOf(runs.map(({ reward }) => reward)),
      conversions: meanOf(runs.map(({ conversions }) => conversions)),
      revenue: meanOf(runs.map(({ revenue }) => revenue)),
      rate: meanOf(runs.map((run) => (run.shown === 0 ? 0 : run.reward / run.shown))),
      regret: meanOf(runs.map(({ regret }) => regret)),
      curve: Array.from({ length: points }, (_, i) => meanOf(runs.map(({ curve }) => curve[i]!)).mean),
      arms: runs[0]!.armIds.map((arm, i) => ({
        arm,
        share: shown === 0 ? 0 : runs.reduce((sum, { byArm }) => sum + byArm[i]!, 0) / shown,
      })),
      lift: name === first.name ? null : liftOver(first.runs, runs),
    };
  });
}

function meanOf(values: readonly number[]): Mean {
  const { n, mean, variance } = sampleMoments(values);
  return { mean, standardError: Math.sqrt(variance / n) };
}

/** Both played the same seeds: the mean of the differences, with Student's interval. */
function liftOver(first: readonly PlayedCampaign[], runs: readonly PlayedCampaign[]): Estimate | null {
  const base = meanOf(first.map(({ reward }) => reward)).mean;
  const { n, mean, variance } = sampleMoments(runs.map(({ reward }, i) => reward - first[i]!.reward));
  if (n < 2 || base <= 0) return null;
  const half = studentCritical(DEFAULT_MASS, n - 1) * Math.sqrt(variance / n);
  return { estimate: mean / base, low: (mean - half) / base, high: (mean + half) / base };
}
