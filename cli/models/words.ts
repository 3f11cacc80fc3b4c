/** Models as people read them: which versions serve whom, how good they are, and why a score is what it is. */
import type { ModelVersion } from '../../contract/models/registry.ts';
import type { ScoreResponse } from '../../contract/models/score.ts';
import { momentText, NOTHING, shareText } from '../performance/figures.ts';
import { paint, table } from '../terminal.ts';

interface Model {
  readonly id: string;
  /** The newest first. */
  readonly versions: readonly ModelVersion[];
}

/** All models: who serves, and the paths that their scores are read by. */
export function formatModels(models: readonly Model[]): string {
  if (models.length === 0) return 'No models yet: npm run hyperedge -- models push models/churn\n';
  const rows = models.map(({ id, versions }) => [
    id,
    ...(['live', 'canary', 'shadow'] as const).map((stage) => servingText(versions, stage)),
    String(versions[0]?.version ?? NOTHING),
  ]);
  const paths = models.flatMap(({ versions }) =>
    (versions[0]?.outputs ?? []).map((path, i) => [path, i === 0 ? (versions[0]?.predicts ?? '') : '']),
  );
  return `${headed([['Models', 'live', 'canary', 'shadow', 'newest'], ...rows])}\n\n${columns(paths)}\n`;
}

function servingText(versions: readonly ModelVersion[], stage: ModelVersion['stage']): string {
  const found = versions.find((one) => one.stage === stage);
  if (!found) return NOTHING;
  return found.share === undefined ? `${found.version}` : `${found.version} (${shareText(found.share)})`;
}

/** Figures of training that most models have, with the heads of their columns. */
const FIGURES: readonly (readonly [name: string, head: string])[] = [
  ['auc', 'AUC'],
  ['ece', 'calibration error'],
  ['log_loss', 'log-loss'],
  ['brier', 'Brier'],
];

/** One model with its versions, and why those that retired did. */
export function formatModel({ id, versions }: Model): string {
  const [newest] = versions;
  if (!newest) return `${id} has no versions\n`;
  const told = FIGURES.filter(([name]) => versions.some(({ metrics }) => metrics[name] !== undefined));
  const rows = versions.map((one) => [
    `${one.version} ${stageText(one)}`,
    momentText(one.stagedAt),
    ...told.map(([name]) => figureText(one.metrics[name])),
  ]);
  const reasons = versions
    .filter(({ reason }) => reason !== null)
    .map(({ version, stage, reason }) => `  ${version} ${stage}: ${reason}`);
  return [
    `${paint('bold', id)}  ${newest.name}: ${newest.predicts}`,
    ...newest.outputs.map((path) => paint('cyan', `  ${path}`)),
    '',
    headed([['Version', 'since', ...told.map(([, head]) => head)], ...rows]),
    ...(reasons.length > 0 ? ['', ...reasons] : []),
    '',
  ].join('\n');
}

/** `canary, 10 %`. */
export function stageText({ stage, share }: Pick<ModelVersion, 'stage' | 'share'>): string {
  return share === undefined ? stage : `${stage}, ${shareText(share)}`;
}

function figureText(value: ModelVersion['metrics'][string] | undefined): string {
  return typeof value === 'number' ? value.toFixed(3) : NOTHING;
}

/** A table whose first row is its head. */
function headed(rows: readonly (readonly string[])[]): string {
  const [head = '', ...lines] = table(rows).split('\n');
  return [paint('bold', head), ...lines].join('\n');
}

/** Pairs of a path and its words, both to the left. */
function columns(pairs: readonly (readonly string[])[]): string {
  const width = Math.max(0, ...pairs.map(([path = '']) => path.length));
  return pairs
    .map(([path = '', words = '']) => `  ${paint('cyan', path)}${' '.repeat(width - path.length)}  ${words}`.trimEnd())
    .join('\n');
}

/** Reasons of a score that a terminal shows; the weaker ones would make a customer of numbers of them again. */
const MAX_REASONS = 8;

/** First and last sentence: how many of a hundred, and how many of typical customers. The reasons stand in lines of their own. */
function inShort(summary: string): string {
  const sentences = summary.split('. ');
  return sentences.length < 2 ? summary : `${sentences[0]}. ${sentences.at(-1)}`;
}

/** A customer's score as it is told to whoever looks after them. */
export function formatScore(customer: string, { model, version, stage, known, ...answer }: ScoreResponse): string {
  const { outputs, inputs, explanation, summary, reasons = [], interventions = [], unexplained } = answer;
  const scores = Object.entries(outputs).map(([name, value]) => [name, String(Number(value.toPrecision(4)))]);
  const missing = inputs.filter((input) => input.missing).map(({ name }) => name);
  const moved = reasons.slice(0, MAX_REASONS).map((reason) => [reason.moved, reason.words]);
  const width = Math.max(0, ...moved.map(([points = '']) => points.length));
  return [
    `${paint('bold', customer)}  by ${model} ${version}, ${stage}${known ? '' : '; nothing is held of this customer'}`,
    '',
    ...(summary === undefined ? [] : [`  ${inShort(summary)}`, '']),
    scores.length > 0 ? table(scores) : '  The model gives no score within its range.',
    ...(moved.length > 0
      ? ['', ...moved.map(([points = '', words = '']) => `  ${points.padStart(width)}  ${words}`)]
      : []),
    ...(interventions.length > 0 ? ['', ...interventions.map((words) => `  → ${words}`)] : []),
    ...(missing.length > 0 ? ['', paint('yellow', `  ! no value: ${missing.join(', ')}`)] : []),
    ...(unexplained && !explanation ? ['', paint('gray', `  not explained: ${unexplained}`)] : []),
    '',
  ].join('\n');
}
