/** How a campaign performs, arm by arm. */
import type { PerformanceResponse } from '../../contract/performance.ts';
import { paint, table } from '../terminal.ts';
import {
  drawIntervals,
  drawnRate,
  drawnReward,
  momentText,
  NOTHING,
  rateTexts,
  rewardUnit,
  shareText,
  valueRange,
  valueText,
  whole,
} from './figures.ts';
import { heldText } from './learning.ts';

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
    ...(answer.hold ? [paint('yellow', `  ! ${heldText(answer.hold)}`)] : []),
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

/** Where the reward is another than reaching the goal, its estimate is what has the interval. */
function armsTable({ totals, holdout, arms }: PerformanceResponse, shown: readonly Arm[]): string {
  const { reward } = totals;
  const plots = drawIntervals(shown.map(reward ? drawnReward : drawnRate));
  const { rate, range } = rateTexts([...shown, totals, holdout].map((block) => block.rate));
  const figures = (block: Block, plot: string): string[] => [
    ...[whole(block.exposures), whole(block.trials), whole(block.conversions), rate(block.rate)],
    ...(reward
      ? [valueText(block.reward?.meanPerTrial ?? null), valueText(block.reward?.mean ?? null)]
      : [block.rate === null ? NOTHING : range(block.credibleInterval)]),
    ...(reward ? [valueRange(block.reward?.interval ?? null)] : []),
    plot,
  ];
  const head = [
    ...['', 'seen', 'trials', 'conversions', 'rate'],
    ...(reward ? [`each (${rewardUnit(reward)})`, 'learned'] : []),
    ...['95 %', '', 'choices', 'best'],
  ];
  const rows = shown.map((arm, i) => [
    arm.arm,
    ...figures(arm, plots[i]!),
    shareText(arm.allocation),
    shareText(arm.pBest),
  ]);
  const all = arms.length > 1 ? [['all', ...figures(totals, '')]] : [];
  const held = holdout.trials > 0 ? [['held out', ...figures(holdout, '')]] : [];
  return table([head, ...rows, ...all, ...held]);
}

function goalLines(goals: PerformanceResponse['totals']['goals']): string[] {
  const entries = Object.entries(goals ?? {});
  if (entries.length === 0) return [];
  const unitOf = { money: 'minor units', count: '', ms: 'ms' } as const;
  const texts = rateTexts(entries.map(([, { rate }]) => rate));
  const rows = entries.map(([id, { trials, reached, rate, credibleInterval, value, valuePerTrial, unit }]) => [
    id,
    whole(trials),
    whole(reached),
    texts.rate(rate),
    rate === null ? NOTHING : texts.range(credibleInterval),
    // Most goals carry no value: a zero would look like a loss.
    valuePerTrial === null || value === 0 ? NOTHING : `${valueText(valuePerTrial)} ${unitOf[unit]}`.trim(),
  ]);
  return ['', table([['other goals', 'trials', 'reached', 'rate', '95 %', 'value each'], ...rows])];
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
