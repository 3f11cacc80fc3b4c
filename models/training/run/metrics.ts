/** `metrics.json`: the figures that the registry keeps beside a version, and that a retrained one is let in by. */
import { estimate } from '../measure/interval.ts';
import { METRICS, type MetricName } from '../measure/metrics.ts';
import type { TrainingSpec } from '../spec/schema.ts';
import type { Validated } from './validate.ts';

/** By name; `auc` is there in every model: what versions of one model are compared by. */
export type Metrics = { readonly auc: number } & Readonly<Record<string, number>>;

/** As the registry calls them. */
const NAMES: Readonly<Record<MetricName, string>> = { auc: 'auc', logLoss: 'log_loss', brier: 'brier', ece: 'ece' };
/** Digits that mean anything: the fifth is of chance. */
const DIGITS = 6;

/** Of rows that were not trained on; `later_…` of those that came after all that were. */
export function probabilityMetrics(
  { seed }: Pick<TrainingSpec, 'seed'>,
  { scored, later }: Pick<Validated, 'scored' | 'later'>,
): Metrics {
  const names = Object.keys(NAMES) as MetricName[];
  const all = names.map((name) => [NAMES[name], METRICS[name](scored)] as const);
  const [low, high] = estimate(METRICS.auc, scored, seed).interval;
  const inTime = later ? names.map((name) => [`later_${NAMES[name]}`, METRICS[name](later)] as const) : [];
  const auc = METRICS.auc(scored);
  return { auc, auc_low: low, auc_high: high, ...Object.fromEntries([...all, ...inTime]), rows: scored.answers.length };
}

/** One figure a line. */
export function metricsText(metrics: Metrics): string {
  const rounded = Object.entries(metrics).map(([name, value]) => [name, Number(value.toFixed(DIGITS))]);
  return `${JSON.stringify(Object.fromEntries(rounded), null, 2)}\n`;
}
