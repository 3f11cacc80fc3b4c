/** The card of lifetime value. */
import type { LifetimeModel } from '../../../decisioning/scoring/lifetime/next-value.ts';
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { bullets, number, paragraphs, table } from '../card/markdown.ts';
import { againSection, dataSection, headSection, limitSections } from '../card/sections.ts';
import type { Estimate } from '../measure/interval.ts';
import type { Comparison } from './compare.ts';
import type { ForecastFigures } from './figures.ts';
import type { LifetimeHeads } from './graph.ts';
import type { Measured } from './measured.ts';
import type { LifetimeSpec } from './spec.ts';

export interface LifetimeCardInput {
  readonly spec: LifetimeSpec;
  readonly model: LifetimeModel;
  readonly heads: LifetimeHeads;
  readonly measured: Measured;
  readonly comparison: Comparison;
  readonly manifest: ModelManifest;
  /** Of the file of orders. */
  readonly sha256: string;
  /** Customers times days that were trained on. */
  readonly rows: number;
}

const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;
const span = ([low, high]: readonly [number, number], digits: number): string =>
  `${low.toFixed(digits)} to ${high.toFixed(digits)}`;

export function lifetimeCard(input: LifetimeCardInput): string {
  const { spec, manifest } = input;
  return paragraphs([
    ...headSection(spec),
    ...ordersSection(input),
    ...inputSection(spec),
    ...outputSection(spec),
    ...makingSection(input),
    ...qualitySection(input),
    ...comparisonSection(input),
    ...limitSections(spec),
    ...againSection(spec, manifest.file),
  ]);
}

function ordersSection({ spec, measured, sha256, rows }: LifetimeCardInput): string[] {
  return dataSection(
    spec.data,
    sha256,
    `${spec.data.title}. Trained on ${number(rows)} rows: customers as they were on ${spec.asOf.join(' and ')}, and what the ${spec.horizonDays} days after brought. Measured with ${number(measured.customers)} customers who were never trained on: the tenth of the shop’s customers that the published studies use.`,
  );
}

function inputSection({ inputs }: LifetimeSpec): string[] {
  const rows = inputs.map(({ label, name, attribute, unit, range, missing }) => [
    label ?? name,
    `\`${attribute}\``,
    unit ?? '',
    range ? range.map(number).join(' to ') : '',
    String(missing),
  ]);
  return [
    '## Inputs',
    'Attributes that the shop’s own system sends with its customers (`PUT /v1/customers/{id}`; once a day is enough): counters of Hyperedge reach back 90 days, too short for a lifetime. Orders of one day are one. Who has never ordered is scored like a new customer; ask for `orders.count` ≥ 1 in the condition where that is not meant.',
    table(['input', 'attribute', 'unit', 'taken within', 'when missing'], rows),
  ];
}

function outputSection({ unit, interval, extrapolatedDays, horizonDays }: LifetimeSpec): string[] {
  const [low, high] = interval.map((share) => `${Math.round(100 * share)} %`);
  return [
    '## Outputs',
    table(
      ['`models.lifetime-value.…`', 'what it is'],
      [
        [
          '`value`',
          `what the customer is expected to spend within ${horizonDays} days, ${unit}; the chance that they never come back is in it`,
        ],
        [
          '`value_low`, `value_high`',
          `${low} of such customers spend less than the one, ${high} no more than the other`,
        ],
        ['`orders`', 'days with an order within the year, by BG/NBD alone'],
        ['`returns`', 'probability of an order within the year; 1 − `returns` is the risk to lose the customer'],
        ['`alive`', 'BG/NBD’s probability that they will order again some day; nobody can ever check it'],
        ['`value_3y_extrapolated`', `within ${extrapolatedDays} days, extrapolated far beyond the data`],
      ],
    ),
  ];
}

function makingSection({ spec, model, heads }: LifetimeCardInput): string[] {
  const { r, alpha, a, b } = model.orders;
  const { p, q, v } = model.values;
  const { slope, shift } = heads.returns;
  const [low, high] = spec.interval;
  return [
    '## How it is made',
    bullets([
      `BG/NBD (Fader, Hardie and Lee 2005) by maximum likelihood on the orders until ${spec.fittedUntil}, in weeks: r ${r.toFixed(4)}, α ${alpha.toFixed(4)}, a ${a.toFixed(4)}, b ${b.toFixed(4)}. Gamma-Gamma (Fader and Hardie 2013) on the mean of all orders: p ${p.toFixed(3)}, q ${q.toFixed(3)}, v ${v.toFixed(3)}. Both are computed inside the file, hypergeometric series included, to 1e-4 of the formulas.`,
      `\`value\` is their forecast times a factor by gradient boosting (Poisson loss, ${spec.correction.rounds} trees of depth ${spec.correction.depth}). The factor is learned from customers, the dependence on time comes from the formulas.`,
      `The interval’s ends are the forecast times multiples by boosting for the quantiles ${low} and ${high} (${spec.ends.rounds} trees each).`,
      `\`returns\` is BG/NBD’s probability of an order within the year, its log-odds × ${slope.toFixed(3)} ${shift < 0 ? '−' : '+'} ${Math.abs(shift).toFixed(3)}.`,
    ]),
  ];
}

function qualitySection({ spec, measured }: LifetimeCardInput): string[] {
  const { figures, plain, coverage, returns, orders, meanHigh } = measured;
  const pair = (name: string, of: (figures: ForecastFigures) => string) => [name, `**${of(figures)}**`, of(plain)];
  const estimated = ({ value, interval }: Estimate) => `**${value.toFixed(3)}** (${span(interval, 3)})`;
  return [
    '## How good it is',
    `The file as it serves, over customers who were not trained on, as of ${spec.asOf.at(-1)}. What came in the year after is what other customers were trained on, too; how the correction does in a time that nobody was trained on stands in the next section.`,
    table(
      ['', 'this model', 'BG/NBD × Gamma-Gamma alone'],
      [
        pair('foretold over what came, in total', ({ total }) => total.toFixed(3)),
        pair('… 95 % interval over customers', ({ totalInterval }) => span(totalInterval, 3)),
        pair(`mean distance, ${spec.unit} a customer`, ({ off }) => off.toFixed(2)),
        pair(`root of mean square distance, ${spec.unit}`, ({ squareOff }) => squareOff.toFixed(2)),
        pair('correlation of ranks', ({ ranks }) => ranks.toFixed(3)),
        pair('of all value, brought by the tenth foretold most', ({ topTenth }) => percent(topTenth)),
      ],
    ),
    'The correction is there for the total: values are weighed against costs, and a forecast that is short by an eighth would be, too. It ranks customers no better than chance allows to tell, and single customers are nearer to the lower forecast, since most of them spend nothing.',
    bullets([
      `Interval: ${percent(coverage.high)} spend no more than \`value_high\` (wanted: ${percent(spec.interval[1], 0)}; it is ${meanHigh.toFixed(0)} ${spec.unit} in the mean), ${percent(coverage.nothing)} spend nothing at all, so that \`value_low\` is above 0 for the busiest ${percent(coverage.lowAbove0)} alone, of whom ${percent(coverage.belowLow)} spend less than it (wanted: ${percent(spec.interval[0], 0)}).`,
      `\`returns\`: AUC ${estimated(returns.auc)}, expected calibration error ${estimated(returns.ece)}.`,
      `\`orders\`: ${number(Math.round(orders.foretold))} foretold, ${number(orders.came)} came.`,
    ]),
    '![A year’s value foretold and come, and transforms of orders](calibration.svg)',
  ];
}

function comparisonSection({ spec, comparison }: LifetimeCardInput): string[] {
  const { day, days, earlierDay, earlierDays } = spec.comparison;
  const { orders, distances, rows, customers } = comparison;
  return [
    '## The published hold-out period',
    `${Math.round(days / 7)} weeks after ${day}, the same ${number(customers)} customers, with parameters that only know of other customers and nothing of the period. The second row is the honest test in time of the correction: it was learned from the ${earlierDays} days after ${earlierDay}. The last two are learned from what other customers did in the period itself.`,
    table(
      ['', 'total', '95 % interval', 'distance', 'square', 'ranks', 'top tenth'],
      rows.map(({ name, figures }) => [
        name,
        figures.total.toFixed(3),
        span(figures.totalInterval, 3),
        figures.off.toFixed(2),
        figures.squareOff.toFixed(2),
        figures.ranks.toFixed(3),
        percent(figures.topTenth),
      ]),
    ),
    `Orders by BG/NBD: ${number(Math.round(orders.foretold))} foretold, ${number(orders.came)} came. Fitted to these customers themselves, as published, it foretells 1,653 of 1,882 (\`models/training/lifetime/cdnow.test.ts\`). ` +
      `Its distributions fit customer by customer: randomised transforms lie ${distances.orders.toFixed(3)} (orders) and ${distances.values.toFixed(3)} (values) from uniform, by Kolmogorov and Smirnov’s distance; at most ${spec.gates.distanceAtMost} is demanded.`,
  ];
}
