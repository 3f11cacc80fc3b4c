/** Trains lifetime value: parameters of the customers' orders, what boosting corrects of them, one graph. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ModelOutput } from '../../../decisioning/scoring/manifest.ts';
import { assemble } from '../run/assembled.ts';
import { type ModelFiles, sha256Of } from '../run/files.ts';
import { metricsText } from '../run/metrics.ts';
import type { TellProgress } from '../run/progress.ts';
import { dataFile } from '../spec/data-file.ts';
import { TrainingRefusal } from '../spec/refusal.ts';
import { lifetimeCard } from './card.ts';
import { type Comparison, compare } from './compare.ts';
import { lifetimeGraph } from './graph.ts';
import { fitHeads } from './heads.ts';
import { lifetimeMetrics, type Measured, measure } from './measured.ts';
import { dayNumber, type OrderBook, readOrders } from './orders.ts';
import { lifetimeSvg } from './plot.ts';
import { fitModels, foretell, joinSamples, samplesOn } from './samples.ts';
import { checkLifetimeSpec, type LifetimeSpec } from './spec.ts';

/** First bytes of a gzipped file. */
const GZIP = [0x1f, 0x8b] as const;
/** Beyond this a value is no forecast any more; scores above count as broken. */
const MOST = 1e7;
const STEPS = 5;

/** @throws TrainingRefusal for what a person can mend */
export function trainLifetime(file: string, document: unknown, tell: TellProgress): ModelFiles {
  const spec = checkLifetimeSpec(file, document);
  tell(0, STEPS, 'orders');
  const { trained, heldOut, sha256 } = readBooks(file, spec);
  tell(1, STEPS, 'parameters');
  const model = fitModels(trained, dayNumber(spec.fittedUntil));
  const on = (book: OrderBook, day: string) => samplesOn(spec.inputs, book, dayNumber(day), spec.horizonDays);
  const train = joinSamples(spec.asOf.map((day) => on(trained, day)));
  tell(2, STEPS, 'boosting');
  const heads = fitHeads(train, foretell(model, train, spec.horizonDays), spec);
  const youngestDays = spec.inputs[1]!.range?.[0] ?? 0;
  const made = assemble({
    graph: lifetimeGraph(model, heads, { ...spec, youngestDays }),
    declared: {
      id: spec.id,
      name: spec.name,
      predicts: spec.predicts,
      ...(spec.watch && { watch: spec.watch }),
      inputs: spec.inputs,
      outputs: outputsOf(spec),
    },
    rows: train.rows,
    attributes: train.attributes,
    people: { seed: spec.seed, mend: (dealt) => possible(spec, dealt) },
  });
  tell(3, STEPS, 'customers not trained on');
  // One day: a customer seen twice would count as two in every interval.
  const test = on(heldOut, spec.asOf.at(-1)!);
  const measured = measure(test, made.score(test.rows), foretell(model, test, spec.horizonDays), spec);
  tell(4, STEPS, 'hold-out period');
  const comparison = compare(spec, trained, heldOut);
  refuseMissedGates(spec, measured, comparison);
  const card = { spec, model, heads, measured, comparison, manifest: made.manifest, sha256, rows: train.ids.length };
  return {
    ...made.files,
    'card.md': lifetimeCard(card),
    'calibration.svg': lifetimeSvg(spec, measured, comparison),
    'metrics.json': metricsText(lifetimeMetrics(measured)),
  };
}

/** Whose last order is not before their first, and the same where there is one alone. */
function possible({ inputs }: LifetimeSpec, dealt: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  const [orders, first, last] = inputs.map(({ attribute }) => attribute);
  const [count, ...days] = [orders, first, last].map((path) => Number(dealt.get(path!)));
  const firstDaysAgo = Math.max(...days);
  const lastDaysAgo = count === 1 ? firstDaysAgo : Math.min(...days);
  return new Map([...dealt, [first!, firstDaysAgo], [last!, lastDaysAgo]]);
}

function readBooks(file: string, { data }: LifetimeSpec) {
  const read = (name: string): Uint8Array => {
    try {
      return readFileSync(dataFile(file, name));
    } catch (error) {
      throw new TrainingRefusal(`cannot read the data: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const textOf = (bytes: Uint8Array) =>
    Buffer.from(bytes[0] === GZIP[0] && bytes[1] === GZIP[1] ? gunzipSync(bytes) : bytes).toString('utf8');
  const bytes = read(data.orders);
  const book = readOrders(textOf(bytes), data.columns);
  const lines = textOf(read(data.heldOut)).split('\n');
  const held = new Set(lines.map((line) => line.trim().split(/\s+/)[0]!));
  const part = (isHeld: boolean): OrderBook => new Map([...book].filter(([id]) => held.has(id) === isHeld));
  const [trained, heldOut] = [part(false), part(true)];
  if (trained.size === 0 || heldOut.size === 0) {
    throw new TrainingRefusal(`${data.heldOut}: must name some of the customers of ${data.orders}, and not all`);
  }
  return { trained, heldOut, sha256: sha256Of(bytes) };
}

function outputsOf({ unit }: LifetimeSpec): ModelOutput[] {
  const value = (name: string, of: string): ModelOutput => ({
    name,
    tensor: name,
    column: 0,
    range: [0, MOST],
    kind: 'value',
    unit: of,
  });
  const probability = (name: string): ModelOutput => ({
    name,
    tensor: name,
    column: 0,
    range: [0, 1],
    kind: 'probability',
  });
  return [
    value('value', unit),
    value('value_low', unit),
    value('value_high', unit),
    value('orders', 'orders'),
    probability('returns'),
    // What nobody ever sees: it is no probability of an outcome that could be compared.
    { ...probability('alive'), kind: 'value' },
    value('value_3y_extrapolated', unit),
  ];
}

function refuseMissedGates({ id, gates, interval }: LifetimeSpec, { coverage }: Measured, compared: Comparison): void {
  const { orders, distances } = compared;
  const total = Math.abs(orders.foretold / orders.came - 1);
  const distance = Math.max(distances.orders, distances.values);
  const missed = [
    ...(total > gates.totalWithin ? [`orders of the hold-out period are off by ${total.toFixed(4)}`] : []),
    ...(distance > gates.distanceAtMost ? [`transforms lie ${distance.toFixed(4)} from uniform`] : []),
    ...(Math.abs(coverage.high - interval[1]) > gates.coverageWithin
      ? [`the upper end covers ${coverage.high.toFixed(4)}`]
      : []),
  ];
  if (missed.length > 0) throw new TrainingRefusal(missed.map((words) => `${id}: ${words}`).join('\n'));
}
