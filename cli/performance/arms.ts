/** How a campaign performs, arm by arm. */
import type { PerformanceResponse } from '../../contract/performance.ts';
import { paint, table } from '../terminal.ts';
import {
  drawIntervals,
  momentText,
  NOTHING,
  rateTexts,
  rewardUnit,
  shareText,
  valueRange,
  valueText,
  whole,
} from './figures.ts';

type Arm = PerformanceResponse['arms'][number];
type Block = Pick<Arm, 'exposures' | 'trials' | 'conversions' | 'rate' | 'credibleInterval' | 'reward'>;

/** Arms that fit a screen; of more the ones chosen most are shown, and all of them by `--json`. */
const MAX_SHOWN_ARMS = 20;

const VARIES: Readonly<Record<PerformanceResponse['allocationVariesBy'][number], string>> = {
  features: "the customer's features",
  scores: "the customer's scores",
  availability: 'what the channel and the hour allow',
};

/** The answer as text. */
export function formatArms(answer: PerformanceResponse): string {
  const { campaign, goal, phase, allocationVariesBy: varies } = answer;
  const told = [`goal ${goal}`, ...(phase ? [`phase ${phase}`] : []), `as of ${momentText(answer.asOf)}`];
  const { shown, left } = mostChosen(answer.arms);
  const why = varies.map((each) => VARIES[each]).join(' and ');
  return [
    `${paint('bold', campaign)}  ${told.join(', ')}`,
    '',
    armsTable(answer, shown),
    ...(left.length > 0
      ? [`  and ${left.length} more arms with ${shareText(sumOf(left))} of the choices: --json has all`]
      : []),
    ...(answer.totals.reward
      ? ['  each: reward of a trial, plainly averaged; learned: the estimate that choices go by, with its interval.']
      : []),
    ...(varies.length > 0 ? [`  Choices are those of the average customer: each one's own depend on ${why}.`] : []),
    ...goalLines(answer.totals.goals),
    ...liftLines(answer.lift),
    '',
  ].join('\n');
}

const sumOf = (arms: readonly Arm[]): number => arms.reduce((sum, { allocation }) => sum + allocation, 0);

/** The arms in the order in which they are chosen, cut where a screen ends. */
function mostChosen(arms: readonly Arm[]): { readonly shown: readonly Arm[]; readonly left: readonly Arm[] } {
  const ordered = arms.toSorted((one, other) => other.allocation - one.allocation || other.pBest - one.pBest);
  return { shown: ordered.slice(0, MAX_SHOWN_ARMS), left: ordered.slice(MAX_SHOWN_ARMS) };
}

function armsTable({ totals, holdout, arms }: PerformanceResponse, shown: readonly Arm[]): string {
  const hasReward = totals.reward !== undefined;
  const plots = drawIntervals(
    shown.map((arm) => (arm.rate === null ? null : { estimate: arm.rate, interval: arm.credibleInterval })),
  );
  const rewardOf = ({ reward }: Block) =>
    hasReward
      ? [valueText(reward?.meanPerTrial ?? null), valueText(reward?.mean ?? null), valueRange(reward?.interval ?? null)]
      : [];
  const { rate, range } = rateTexts([...shown, totals, holdout].map((block) => block.rate));
  const counts = (block: Block) => [whole(block.exposures), whole(block.trials), whole(block.conversions)];
  const rates = (block: Block, plot: string) => [
    rate(block.rate),
    block.rate === null ? NOTHING : range(block.credibleInterval),
    plot,
  ];
  const unit = totals.reward ? ` (${rewardUnit(totals.reward)})` : '';
  const head = [
    ...['', 'seen', 'trials', 'conversions', 'rate', '95 %', ''],
    ...(hasReward ? [`each${unit}`, 'learned', '95 %'] : []),
    ...['choices', 'best'],
  ];
  const rows = shown.map((arm, i) => [
    arm.arm,
    ...counts(arm),
    ...rates(arm, plots[i]!),
    ...rewardOf(arm),
    shareText(arm.allocation),
    shareText(arm.pBest),
  ]);
  const all = arms.length > 1 ? [['all', ...counts(totals), ...rates(totals, ''), ...rewardOf(totals)]] : [];
  const held =
    holdout.trials > 0 ? [['held out', ...counts(holdout), ...rates(holdout, ''), ...rewardOf(holdout)]] : [];
  return table([head, ...rows, ...all, ...held]);
}

function goalLines(goals: PerformanceResponse['totals']['goals']): string[] {
  const entries = Object.entries(goals ?? {});
  if (entries.length === 0) return [];
  const unitOf = { money: 'minor units', count: '', ms: 'ms' } as const;
  const texts = rateTexts(entries.map(([, { rate }]) => rate));
  const rows = entries.map(([id, { reached, rate, credibleInterval, valuePerTrial, unit }]) => [
    id,
    whole(reached),
    texts.rate(rate),
    rate === null ? NOTHING : texts.range(credibleInterval),
    valuePerTrial === null ? NOTHING : `${valueText(valuePerTrial)} ${unitOf[unit]}`.trim(),
  ]);
  return ['', table([['other goals', 'reached', 'rate', '95 %', 'value each'], ...rows])];
}

function liftLines(lift: PerformanceResponse['lift']): string[] {
  if (lift === null || lift.absolute === null) return [];
  const points = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value * 100).toFixed(2)}`;
  const range = lift.interval ? ` (95 %: ${lift.interval.map(points).join(' to ')})` : '';
  const { treated, holdout } = lift;
  const { rate } = rateTexts([treated.rate, holdout.rate]);
  return [
    '',
    `  Lift: ${points(lift.absolute)} points${range}: ${rate(treated.rate)} of ${whole(treated.customers)} customers` +
      ` against ${rate(holdout.rate)} of ${whole(holdout.customers)} held out`,
  ];
}
