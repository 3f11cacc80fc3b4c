/** The strategies of a campaign side by side. */
import type { StrategiesPerformanceResponse } from '../../contract/strategies.ts';
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

type Compared = StrategiesPerformanceResponse['strategies'][number];

/** The answer as text. */
export function formatStrategies({ warnings, ...answer }: StrategiesPerformanceResponse): string {
  const { campaign, goal, asOf, mode, turn, strategies } = answer;
  const how = mode === 'rotation' ? `taking turns${turn === null ? '' : `, now ${turn}`}` : 'side by side';
  const reward = strategies.find((each) => each.reward !== undefined)?.reward;
  return [
    `${paint('bold', campaign)}  goal ${goal}, strategies ${how}, as of ${momentText(asOf)}`,
    '',
    comparedTable(strategies, reward && rewardUnit(reward)),
    `  lost: ${reward ? 'reward' : 'conversions'} that always choosing the best arm would have brought, and these choices did not.`,
    ...warnings.flatMap(({ detail }) => ['', `  ${paint('yellow', 'warning')} ${detail}`]),
    '',
  ].join('\n');
}

/** @param unit of the reward; undefined where that is whether the goal was reached */
function comparedTable(strategies: readonly Compared[], unit: string | undefined): string {
  const rates = rateTexts(strategies.map(({ rate }) => rate));
  const lost = rateTexts(strategies.map(({ regretPerTrial }) => regretPerTrial?.estimate ?? null));
  const plots = drawIntervals(strategies.map(unit === undefined ? drawnRate : drawnReward));
  const outcome = ({ rate, credibleInterval, reward }: Compared) =>
    unit === undefined
      ? [rates.rate(rate), rate === null ? NOTHING : rates.range(credibleInterval)]
      : [rates.rate(rate), valueText(reward?.mean ?? null), valueRange(reward?.interval ?? null)];
  const rows = strategies.map((each, i) => [
    each.strategy,
    each.retired ? 'retired' : (each.policy ?? NOTHING),
    each.realisedShare === null ? NOTHING : shareText(each.realisedShare),
    whole(each.trials),
    whole(each.conversions),
    ...outcome(each),
    plots[i]!,
    shareText(each.pBest),
    unit === undefined
      ? lost.rate(each.regretPerTrial?.estimate ?? null)
      : valueText(each.regretPerTrial?.estimate ?? null),
    valueText(each.regret?.estimate ?? null),
    valueRange(each.regret?.interval ?? null),
  ]);
  const head = [
    ...['', 'policy', 'share', 'trials', 'conversions', 'rate'],
    ...(unit === undefined ? [] : [`each (${unit})`]),
    ...['95 %', '', 'best', 'lost per trial', 'lost', '95 %'],
  ];
  return table([head, ...rows]);
}
