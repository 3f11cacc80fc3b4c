/**
 * P(each blended arm is the largest) on one even grid. The integrands ∫ gᵢ ∏_{j≠i} Gⱼ are smooth and fade at both ends, so that the trapezoidal rule converges
 * faster than any power of its step (Trefethen and Weideman, 2014); distributions come from tables that are made once for an allocation.
 */
import { logitBeta, sigmoid } from './logit-beta.ts';
import type { BetaPosterior } from './posterior.ts';
import { normalise } from './sweep.ts';

/** Intervals of a table; each is a quarter of a standard deviation wide, and a cubic over it is right to 1e-5. */
const INTERVALS = 48;
/** From here on a density fades smoothly at an end of [0, 1]. */
const SMOOTH_FROM = 4;
/** Steps in standard deviations of the narrowest arm: the largest of many varies less than each of them. */
const STEP = 0.75;
const STEP_AMONG_MANY = 0.55;
const MANY = 16;
/** Needles beside wide arms would take more points than panels that follow each arm. */
const MAX_POINTS = 96;
/** As many arms as publishing lets a strategy score. */
const MOST_ARMS = 64;
/** A distribution is not divided by where it is smaller: nothing that counts lies there. */
const SMALLEST_CDF = 1e-12;

/** What a call works in: as much as the arms that publishing allows ever take. A decision reads nothing that it has not written there itself. */
const scratch = { all: new Float64Array(MAX_POINTS), ratios: new Float64Array(MOST_ARMS * MAX_POINTS) };

/** A posterior's distribution between the ends of what counts. */
interface Table {
  readonly low: number;
  readonly high: number;
  readonly deviation: number;
  /** Both of {@link INTERVALS} + 1 points, evenly spaced; the density is by interval, not by unit. */
  readonly cdf: Float64Array;
  readonly density: Float64Array;
}

/** Null for a posterior that fades too abruptly. */
type Tables = readonly (Table | null)[];

/** By the list of posteriors that they were made of: an allocation's stays the same for as long as it is published. */
const known = new WeakMap<readonly BetaPosterior[], Tables>();

function tableOf(posterior: BetaPosterior): Table | null {
  const { alpha, beta } = posterior;
  if (alpha < SMOOTH_FROM || beta < SMOOTH_FROM) return null;
  const ends = logitBeta(posterior, 0);
  const [low, high] = [sigmoid(ends.low), sigmoid(ends.high)];
  const width = (high - low) / INTERVALS;
  const cdf = new Float64Array(INTERVALS + 1);
  const density = new Float64Array(INTERVALS + 1);
  let before = 0;
  for (let k = 0; k <= INTERVALS; k++) {
    const x = low + k * width;
    const f = width * Math.exp((alpha - 1) * Math.log(x) + (beta - 1) * Math.log1p(-x) - ends.logNorm);
    const slope = width * f * ((alpha - 1) / x - (beta - 1) / (1 - x));
    density[k] = f;
    // The rule that knows both ends and their slopes: exact for cubics.
    if (k > 0) cdf[k] = cdf[k - 1]! + (density[k - 1]! + f) / 2 + (before - slope) / 12;
    before = slope;
  }
  const whole = cdf[INTERVALS]!;
  for (let k = 0; k <= INTERVALS; k++) {
    cdf[k] = cdf[k]! / whole;
    density[k] = density[k]! / whole;
  }
  const n = alpha + beta;
  return { low, high, deviation: Math.sqrt((alpha * beta) / (n + 1)) / n, cdf, density };
}

function tablesOf(posteriors: readonly BetaPosterior[]): Tables {
  const before = known.get(posteriors);
  if (before) return before;
  const tables = posteriors.map(tableOf);
  known.set(posteriors, tables);
  return tables;
}

/** The grid that is laid over the arms which can be the largest. */
interface Grid {
  /** Their places, ascending. */
  readonly alive: readonly number[];
  readonly from: number;
  readonly step: number;
  readonly points: number;
}

function gridOver(tables: Tables, scores: readonly number[], modelWeight: number): Grid | undefined {
  const scale = 1 - modelWeight;
  let floor = Number.NEGATIVE_INFINITY;
  let top = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < tables.length; i++) {
    const table = tables[i]!;
    if (!table) return undefined;
    const shift = modelWeight * scores[i]!;
    floor = Math.max(floor, shift + scale * table.low);
    top = Math.max(top, shift + scale * table.high);
  }
  const alive: number[] = [];
  let narrowest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tables.length; i++) {
    const { high, deviation } = tables[i]!;
    if (modelWeight * scores[i]! + scale * high <= floor) continue;
    alive.push(i);
    narrowest = Math.min(narrowest, deviation);
  }
  if (alive.length < 2 || alive.length > MOST_ARMS) return undefined;
  const wanted = scale * narrowest * (alive.length < MANY ? STEP : STEP_AMONG_MANY);
  const points = Math.ceil((top - floor) / wanted);
  if (!(points <= MAX_POINTS)) return undefined;
  return { alive, from: floor, step: (top - floor) / points, points };
}

/**
 * P(each arm's blended value is the largest), as `blendedBest`; undefined where an even grid does not do: arms that can win and fade abruptly, or of very
 * different widths.
 */
export function bestOnGrid(
  posteriors: readonly BetaPosterior[],
  scores: readonly number[],
  modelWeight: number,
): Float64Array | undefined {
  const tables = tablesOf(posteriors);
  const grid = gridOver(tables, scores, modelWeight);
  if (!grid) return undefined;
  const { alive, points } = grid;
  const { all, ratios } = scratch;
  all.fill(1, 0, points);
  for (let a = 0; a < alive.length; a++) {
    const i = alive[a]!;
    lay(grid, tables[i]!, modelWeight * scores[i]!, 1 - modelWeight, a * points);
  }
  const best = new Float64Array(posteriors.length);
  for (let a = 0; a < alive.length; a++) {
    let sum = 0;
    for (let k = 0, at = a * points; k < points; k++, at++) sum += all[k]! * ratios[at]!;
    best[alive[a]!] = Math.max(sum, 0);
  }
  return normalise(best);
}

/** An arm over the grid: its distribution into the product of all, density over distribution into its own row, which begins at `row`. */
function lay({ from, step, points }: Grid, table: Table, shift: number, scale: number, row: number): void {
  const { all, ratios } = scratch;
  const { low, high, cdf, density } = table;
  const perInterval = INTERVALS / (scale * (high - low));
  const pace = step * perInterval;
  const start = (from - shift - scale * low) * perInterval;
  for (let k = 0; k < points; k++) {
    const at = start + k * pace;
    // Above its end an arm lies below with certainty.
    if (at >= INTERVALS) {
      ratios.fill(0, row + k, row + points);
      return;
    }
    // Not down: the first point may lie a rounding before the table.
    const left = Math.trunc(at);
    const t = at - left;
    const f0 = density[left]!;
    const f1 = density[left + 1]!;
    const below = cdf[left]!;
    const rise = cdf[left + 1]! - below;
    const bend = 3 * rise - 2 * f0 - f1;
    const twist = f0 + f1 - 2 * rise;
    const F = below + t * (f0 + t * (bend + t * twist));
    all[k] = all[k]! * F;
    ratios[row + k] = (perInterval * (f0 + t * (2 * bend + 3 * t * twist))) / Math.max(F, SMALLEST_CDF);
  }
}
