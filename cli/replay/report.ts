/** What a replay says: one report over all its runs, for people and for programs. */
import { DEFAULT_MASS, type Estimate } from '../../decisioning/evaluation/interval.ts';
import { meanLift, type SampleMoments, sampleMoments } from '../../decisioning/evaluation/mean-lift.ts';
import { studentCritical } from '../../decisioning/math/student.ts';
import { paint, table } from '../terminal.ts';
import type { LogRow } from './log.ts';
import type { Played } from './play.ts';

/** One arm, averaged over the runs. */
export interface ReportArm {
  readonly arm: string;
  readonly shown: number;
  readonly conversions: number;
  /** Conversions per row shown; null when it was never shown. */
  readonly rate: number | null;
  /** P(arm) at the end. */
  readonly allocation: number;
}

/** Everything but `runs` is the mean over the runs. */
export interface ReplayReport {
  readonly campaign: string;
  readonly mode: 'randomised' | 'full-feedback';
  readonly policy: string;
  readonly rows: number;
  readonly counted: number;
  readonly heldOut: number;
  readonly notEligible: number;
  readonly rewards: number;
  readonly rewardRate: number;
  readonly uniformRate: number;
  /** Reward rate minus that of showing every arm equally often, of the first run, with its 95 % interval. */
  readonly lift: { readonly estimate: number; readonly low: number; readonly high: number } | null;
  readonly arms: readonly ReportArm[];
  readonly runs: readonly {
    readonly seed: number;
    readonly counted: number;
    readonly rewards: number;
    readonly rewardRate: number;
  }[];
}

export interface Run {
  readonly seed: number;
  readonly played: Played;
}

/** @param runs at least one. */
export function reportOf(
  names: Pick<ReplayReport, 'campaign' | 'mode' | 'policy'>,
  log: readonly LogRow[],
  runs: readonly Run[],
): ReplayReport {
  const first = runs[0]!.played;
  const mean = (of: (played: Played) => number) => runs.reduce((sum, { played }) => sum + of(played), 0) / runs.length;
  const uniform = uniformRate(log);
  return {
    ...names,
    rows: log.length,
    counted: mean((played) => played.rewards.length),
    heldOut: mean((played) => played.heldOut),
    notEligible: mean((played) => played.notEligible),
    rewards: mean((played) => total(played.rewards)),
    rewardRate: mean(rateOf),
    uniformRate: uniform.mean,
    lift: names.mode === 'randomised' ? meanLift(sampleMoments(first.rewards), uniform) : pairedLift(first),
    arms: first.arms.map(({ armId }, i) => {
      const shown = mean((played) => played.arms[i]!.shown);
      const conversions = mean((played) => played.arms[i]!.conversions);
      const rate = shown === 0 ? null : conversions / shown;
      return { arm: armId, shown, conversions, rate, allocation: mean((played) => played.allocation[i]!) };
    }),
    runs: runs.map(({ seed, played }) => ({
      seed,
      counted: played.rewards.length,
      rewards: total(played.rewards),
      rewardRate: rateOf(played),
    })),
  };
}

/** The report as a screen of text. */
export function formatReport(report: ReplayReport): string {
  const { lift, runs } = report;
  const seeds = runs.length === 1 ? `seed ${runs[0]!.seed}` : `mean of ${runs.length} seeds`;
  const rows = report.arms.map(({ arm, shown, conversions, rate, allocation }) => [
    arm,
    number(shown),
    number(conversions),
    rate === null ? '-' : rate.toFixed(4),
    `${(allocation * 100).toFixed(1)} %`,
  ]);
  const excluded = [
    report.heldOut > 0 ? `${number(report.heldOut)} held out` : '',
    report.notEligible > 0 ? `${number(report.notEligible)} not eligible` : '',
  ].filter((text) => text !== '');
  const lines = [
    `${paint('bold', report.campaign)}  ${report.policy}, ${report.mode}, ${seeds}`,
    `${number(report.counted)} of ${number(report.rows)} rows counted${excluded.map((text) => `, ${text}`).join('')}`,
    '',
    table([['arm', 'shown', 'rewarded', 'rate', 'share at the end'], ...rows]),
    '',
    `  reward rate  ${paint('bold', report.rewardRate.toFixed(4))}   rewards ${number(report.rewards)}`,
    `  uniform      ${report.uniformRate.toFixed(4)}`,
    lift
      ? `  lift         ${signed(lift.estimate)}   95 % ${signed(lift.low)} to ${signed(lift.high)}${runs.length > 1 ? ` (seed ${runs[0]!.seed})` : ''}`
      : '  lift         unknown: too few rows counted',
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * Mean and spread of the log's own rewards: what showing every arm equally often earns. For a randomised log these are all of its rows;
 * the rows that counted are among them, and treating the two as independent makes the interval a little wider than it need be.
 */
function uniformRate(log: readonly LogRow[]): SampleMoments {
  return sampleMoments(log.map(({ rewards }) => total(rewards) / rewards.length));
}

/** Both sides of each row are known: the mean of the differences, with Student's interval. */
function pairedLift({ rewards, evenRewards }: Played): Estimate | null {
  const { n, mean, variance } = sampleMoments(rewards.map((reward, i) => reward - evenRewards[i]!));
  if (n < 2) return null;
  const half = studentCritical(DEFAULT_MASS, n - 1) * Math.sqrt(variance / n);
  return { estimate: mean, low: mean - half, high: mean + half };
}

function rateOf({ rewards }: Played): number {
  return rewards.length === 0 ? 0 : total(rewards) / rewards.length;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 1 });
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}
