/** What each value of a campaign's parameters does. */
import type { ParametersPerformanceResponse } from '../../contract/parameters-performance.ts';
import { paint, table } from '../terminal.ts';
import { drawIntervals, momentText, NOTHING, rateTexts, shareText, whole } from './figures.ts';

type Parameter = ParametersPerformanceResponse['parameters'][number];

/** The answer as text: a table for each parameter. */
export function formatParameters({
  campaign,
  goal,
  asOf,
  learnsBy,
  parameters,
}: ParametersPerformanceResponse): string {
  return [
    `${paint('bold', campaign)}  goal ${goal}, learns by ${learnsBy}, as of ${momentText(asOf)}`,
    ...parameters.flatMap((parameter) => ['', parameterTable(parameter)]),
    '',
    '  × others: how often the goal is reached with this value, divided by how often with the others of its parameter.',
    '',
  ].join('\n');
}

function parameterTable({ parameter, name, values }: Parameter): string {
  // Twice as good is as far from 1 as half as good.
  const plots = drawIntervals(
    values.map(({ effect }) => {
      if (!effect) return null;
      const [low, high] = effect.rateRatioInterval;
      return { estimate: Math.log(effect.rateRatio), interval: [Math.log(low), Math.log(high)] };
    }),
    0,
  );
  const texts = rateTexts(values.map(({ rate }) => rate));
  const rows = values.map(({ value, name: called, trials, conversions, rate, credibleInterval, effect, pBest }, i) => [
    called ?? value,
    whole(trials),
    whole(conversions),
    texts.rate(rate),
    rate === null ? NOTHING : texts.range(credibleInterval),
    effect ? effect.rateRatio.toFixed(2) : NOTHING,
    effect ? effect.rateRatioInterval.map((end) => end.toFixed(2)).join(' to ') : '',
    plots[i]!,
    shareText(pBest),
  ]);
  return table([[name ?? parameter, 'trials', 'conversions', 'rate', '95 %', '× others', '95 %', '', 'best'], ...rows]);
}
