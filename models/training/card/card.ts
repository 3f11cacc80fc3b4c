/** The card of a model: what it was made of, how good it is, what it must not be used for. */
import type { ModelInput, ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { estimate } from '../measure/interval.ts';
import { METRICS, type MetricName } from '../measure/metrics.ts';
import type { Validated } from '../run/validate.ts';
import type { MemberSpec, TrainingSpec } from '../spec/schema.ts';
import type { Table, TrainingRows } from '../spec/table.ts';
import { bullets, number, paragraphs, table } from './markdown.ts';
import { againSection, dataSection, headSection, limitSections } from './sections.ts';

export interface CardInput {
  readonly spec: TrainingSpec;
  readonly table: Table;
  readonly data: TrainingRows;
  readonly validated: Validated;
  readonly manifest: ModelManifest;
  /** In words. */
  readonly calibration: string;
}

const METRIC_WORDS: Readonly<Record<MetricName, string>> = {
  auc: 'AUC: chance that of two customers, one of each kind, the right one scores higher',
  logLoss: 'log-loss, nats',
  brier: 'Brier score',
  ece: 'expected calibration error, ten bins',
};
const MEMBER_WORDS: Readonly<Record<MemberSpec['kind'], string>> = {
  logistic: 'logistic regression',
  boosting: 'gradient boosting',
  forest: 'random forest',
  mlp: 'small neural network',
};

const figure = (value: number, digits = 4): string => value.toFixed(digits);

export function cardText(input: CardInput): string {
  const { spec, manifest } = input;
  return paragraphs([
    ...headSection(spec),
    ...rowsSection(input),
    ...inputSection(input),
    ...makingSection(input),
    ...qualitySection(input),
    ...limitSections(spec),
    ...driversSection(spec),
    ...againSection(spec, manifest.file),
  ]);
}

function rowsSection({ spec, table: { sha256 }, data: { answers }, manifest }: CardInput): string[] {
  const positives = answers.reduce((sum, answer) => sum + answer, 0);
  const words = spec.target.positive.map((word) => `\`${word}\``).join(' or ');
  return dataSection(
    spec.data,
    sha256,
    `${spec.data.title}: ${number(answers.length)} rows, of which ${number(positives)} (${((100 * positives) / answers.length).toFixed(1)} %) have \`${spec.target.column}\` = ${words}.`,
    [['mean score of the training rows', figure(manifest.baseline!)]],
  );
}

function inputSection({ spec, data, validated }: CardInput): string[] {
  const losses = new Map(validated.importances.map(({ name, loss }) => [name, loss]));
  const rows = data.inputs.map((input) => [
    input.label ?? input.name,
    `\`${input.attribute}\``,
    encodingWords(input),
    input.missing === 'nan' ? 'known as missing' : String(input.missing),
    figure(Math.max(0, losses.get(input.name)!)),
  ]);
  const left = Object.entries(spec.leftOut).map(([column, why]) => `\`${column}\`: ${why}`);
  return [
    '## Inputs',
    'What the model reads of a customer. The last column is how much AUC is lost, in rows not trained on, when the input is dealt out to other customers: what the model relies on, not what causes anything.',
    table(['input', 'attribute', 'as', 'when missing', 'AUC lost'], rows),
    ...(left.length > 0 ? [`Left out on purpose:\n\n${bullets(left)}`] : []),
  ];
}

function encodingWords({ encoding, range, unit }: ModelInput): string {
  switch (encoding.kind) {
    case 'number':
      return [
        `${encoding.log ? 'logarithm of a number' : 'number'}`,
        ...(unit ? [`of ${unit}`] : []),
        ...(range ? [`${number(range[0])} to ${number(range[1])}`] : []),
      ].join(', ');
    case 'boolean':
      return 'yes or no';
    case 'text':
      return `measures of a text: ${encoding.measures.join(', ')}`;
    default:
      return `one of ${encoding.values.join(', ')}`;
  }
}

function makingSection({ spec, validated, calibration }: CardInput): string[] {
  const rows = spec.members.map((member, i) => {
    const { kind, weight = 1, ...settings } = member;
    const told = Object.entries(settings).map(([key, value]) => `${key} ${String(value)}`);
    const rounds = validated.rounds[i]!;
    if (rounds.length > 0) told.push(`rounds of the folds ${rounds.join(', ')}`);
    return [
      MEMBER_WORDS[kind],
      weight === 0 ? 'compared only' : String(weight),
      told.join(', ') || 'as it comes',
      figure(METRICS.auc(validated.members[i]!)),
    ];
  });
  return [
    '## How it is made',
    `The log-odds of the members are averaged and then calibrated: ${calibration}. All of it lies inside the file.`,
    table(['member', 'weight', 'settings', 'AUC alone'], rows),
  ];
}

function qualitySection({ spec, validated }: CardInput): string[] {
  const names = Object.keys(METRICS) as MetricName[];
  const rows = names.map((name) => {
    const { value, interval } = estimate(METRICS[name], validated.scored, spec.seed);
    const folds = validated.byFold.map((fold) => figure(METRICS[name](fold), 3)).join(' ');
    return [METRIC_WORDS[name], `**${figure(value)}**`, interval.map((end) => figure(end)).join(' to '), folds];
  });
  return [
    '## How good it is',
    `Measured on rows that were not trained on (${foldWords(spec)}); the calibration of a fold is fitted on the other folds. Intervals are 95 %, by drawing the measured rows anew; the calibration error of drawn rows leans upwards.`,
    table(['', 'value', '95 % interval', 'by fold'], rows),
    ...laterWords(validated, spec),
    '![What was foretold against what happened](calibration.svg)',
    ...(spec.gates.length > 0 ? [`It is written only if it holds: ${spec.gates.map(gateWords).join('; ')}.`] : []),
  ];
}

function laterWords({ later, scored }: Validated, spec: TrainingSpec): string[] {
  if (!later) return [];
  const rate = ({ answers }: { answers: Float64Array }) =>
    answers.reduce((sum, answer) => sum + answer, 0) / answers.length;
  return [
    `**In time.** The rows are in the order of time. A model of all but the last ${Math.round(100 * spec.later!)} % of them, measured with those, reaches an AUC of ` +
      `**${figure(METRICS.auc(later))}** and a calibration error of **${figure(METRICS.ece(later))}**; ${percentOf(rate(later))} of them have the answer, against ${percentOf(rate(scored))} of all rows. ` +
      'That is what to expect where the world moves on and the model does not.',
  ];
}

const percentOf = (share: number): string => `${(100 * share).toFixed(1)} %`;

function foldWords({ folds }: TrainingSpec): string {
  switch (folds.by) {
    case 'row':
      return `${folds.count} folds, row i in fold i mod ${folds.count}`;
    case 'shuffle':
      return `${folds.count} folds in random order`;
    case 'group':
      return `${folds.count} folds by \`${folds.column}\`, whose rows never part`;
    case 'time':
      return `the last ${Math.round(100 * folds.share)} % by \`${folds.column}\``;
  }
}

function gateWords({ metric, member, atLeast, atMost }: TrainingSpec['gates'][number]): string {
  const ends = [
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ];
  return `${metric}${member ? ` of the ${MEMBER_WORDS[member]} alone` : ''} ${ends.join(', ')}`;
}

function driversSection({ drivers = [] }: TrainingSpec): string[] {
  const rows = drivers.flatMap(({ words, intervention, effect = 'raises' }) =>
    intervention === undefined ? [] : [[words, effect, intervention]],
  );
  if (rows.length === 0) return [];
  return [
    '## Reasons, and what to do about them',
    'What stands out in a customer’s explanation, and what is recommended then. The recommendations are rules of thumb, not estimated effects: try them as arms of a campaign.',
    table(['reason', 'effect', 'recommended'], rows),
  ];
}
