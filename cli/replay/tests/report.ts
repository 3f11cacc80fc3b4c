/** What replaying an archive of tests says. */
import { sampleMoments } from '../../../decisioning/evaluation/mean-lift.ts';
import { paint } from '../../terminal.ts';
import type { FinishedTest, Spread } from './archive.ts';
import type { PlayedTests } from './play.ts';

export interface TestsReport {
  readonly mode: 'tests';
  readonly policy: string;
  readonly tests: number;
  readonly arms: number;
  readonly trials: number;
  readonly batches: number;
  /** Mean and weight that rates were drawn towards. */
  readonly spread: Spread;
  readonly uniformRate: number;
  readonly oracleRate: number;
  readonly policyRate: number;
  /** (policy − uniform) / (oracle − uniform) over all tests together: mean over the runs and its standard error. */
  readonly captured: number;
  readonly standardError: number;
  readonly seeds: readonly number[];
}

/** @param runs at least one, in the order of seeds. */
export function testsReport(
  names: Pick<TestsReport, 'policy' | 'batches' | 'seeds' | 'spread'>,
  tests: readonly FinishedTest[],
  runs: readonly PlayedTests[],
): TestsReport {
  const { trials, uniform, oracle } = runs[0]!;
  const { n, mean, variance } = sampleMoments(runs.map(({ policy }) => (policy - uniform) / (oracle - uniform)));
  return {
    mode: 'tests',
    ...names,
    tests: tests.length,
    arms: tests.flat().length,
    trials,
    uniformRate: uniform / trials,
    oracleRate: oracle / trials,
    policyRate: sampleMoments(runs.map(({ policy }) => policy / trials)).mean,
    captured: mean,
    standardError: Math.sqrt(variance / n),
  };
}

/** The report as a screen of text. */
export function formatTestsReport(report: TestsReport): string {
  const { tests, arms, trials, batches, seeds, spread } = report;
  const whole = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 0 });
  const rate = (value: number) => `${(value * 100).toFixed(3)} %`;
  const error = seeds.length > 1 ? ` ± ${(report.standardError * 100).toFixed(2)}` : '';
  return [
    `${paint('bold', `${whole(tests)} tests`)}  ${report.policy}, ${batches} batches, ${seeds.length === 1 ? `seed ${seeds[0]}` : `mean of ${seeds.length} seeds`}`,
    `${whole(arms)} arms, ${whole(trials)} trials; rates drawn towards ${rate(spread.mean)} by the weight of ${whole(spread.weight)} trials`,
    '',
    `  every arm equally  ${rate(report.uniformRate)}`,
    `  policy             ${rate(report.policyRate)}`,
    `  always the best    ${rate(report.oracleRate)}`,
    `  captured           ${paint('bold', `${(report.captured * 100).toFixed(1)} %`)}${error} of the lift that was possible`,
    '',
  ].join('\n');
}
