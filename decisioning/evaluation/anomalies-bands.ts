/** The band that a count keeps to, learned from hours before: a rate, and how much more than by chance it moves. Robust against hours that were odd. */
import { betaTails } from '../math/beta.ts';
import { normalCdf } from '../math/normal.ts';

/** What one hour says of a count: how much could have been counted, and what was. */
export interface Counted {
  /** In proportion to the expected count: trials for conversions, all trials for a source's. */
  readonly base: number;
  readonly count: number;
}

/** A learned band. */
export interface Band {
  /** Expected count per unit of base. */
  readonly rate: number;
  /** Variance beyond that of chance, as a share of the squared expectation. */
  readonly spread: number;
  /** Counts that it was learned from: how well the rate is known. */
  readonly known: number;
}

/** Expected counts of a block of hours: fewer would be too coarse for a median. */
const BLOCK_EXPECTED = 5;
/** Blocks and counts below which there is no band: a median of fewer says little. */
const MIN_BLOCKS = 8;
const MIN_KNOWN = 40;
/** Blocks farther than this many deviations from the median do not count into the rate: they were odd themselves. */
const TRIM_DEVIATIONS = 4;
/** Makes the median absolute deviation that of a normal distribution: 1 / Φ⁻¹(¾). */
const MAD_SCALE = 1.4826;
/** Stands for infinitely many tries: the binomial distribution of so many is Poisson's to seven digits. */
const POISSON_TRIES = 1e7;

/** The middle of some values; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Learns a band. Hours are joined to blocks of {@link BLOCK_EXPECTED} expected counts; the rate is pooled over the blocks that lie near the median
 * of theirs; the spread is what the median absolute deviation of the blocks exceeds that of Poisson counts by.
 *
 * @returns null where too little was counted
 */
export function bandOf(history: readonly Counted[]): Band | null {
  const [base, known] = [sum(history, ({ base: own }) => own), sum(history, ({ count }) => count)];
  if (!(base > 0) || known < MIN_KNOWN) return null;
  const blocks = blocksOf(history, (BLOCK_EXPECTED * base) / known);
  if (blocks.length < MIN_BLOCKS) return null;
  const middle = median(blocks.map(({ base: own, count }) => count / own));
  if (!(middle > 0)) return null;
  const deviationOf = (block: Counted) => (block.count - middle * block.base) / Math.sqrt(middle * block.base);
  const deviation = Math.max(1, MAD_SCALE * median(blocks.map((block) => Math.abs(deviationOf(block)))));
  const near = blocks.filter((block) => Math.abs(deviationOf(block)) <= TRIM_DEVIATIONS * deviation);
  const counted = sum(near, ({ count }) => count);
  const rate = counted / sum(near, ({ base: own }) => own);
  const typical = median(blocks.map((block) => rate * block.base));
  return { rate, spread: (deviation * deviation - 1) / typical, known: counted };
}

function blocksOf(history: readonly Counted[], blockBase: number): readonly Counted[] {
  const blocks: Counted[] = [];
  let open = { base: 0, count: 0 };
  for (const { base, count } of history) {
    open = { base: open.base + base, count: open.count + count };
    if (open.base < blockBase) continue;
    blocks.push(open);
    open = { base: 0, count: 0 };
  }
  return blocks;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** How likely it is that a count leaves a band so far on one side. */
export interface Tail {
  readonly direction: 'high' | 'low';
  readonly expected: number;
  /** P(at least, or at most, so many) if the rate had moved by the margin. */
  readonly chance: number;
}

/**
 * The tail in which a count lies, were the rate `margin` times as high (or as low) as it was: what changed by less is nobody's concern. Counts are
 * Poisson's, deflated by the band's spread and by how well its rate is known (quasi-likelihood, McCullagh and Nelder 1989, section 9.2).
 *
 * @param margin at least 1
 */
export function tailOf(band: Band, { base, count }: Counted, margin: number): Tail {
  const expected = band.rate * base;
  const direction = count >= expected ? ('high' as const) : ('low' as const);
  const bound = direction === 'high' ? expected * margin : expected / margin;
  const inflation = 1 + bound * (band.spread + 1 / band.known);
  return { direction, expected, chance: poissonTail(direction, bound / inflation, count / inflation) };
}

/** P(N ≥ count) or P(N ≤ count) of Poisson's N with this mean; between whole counts the smooth continuation. */
function poissonTail(direction: 'high' | 'low', mean: number, count: number): number {
  if (direction === 'high') {
    if (count <= mean) return 1;
    return betaTails(mean / POISSON_TRIES, count, POISSON_TRIES - count + 1).lower;
  }
  if (count >= mean) return 1;
  return betaTails(mean / POISSON_TRIES, count + 1, POISSON_TRIES - count).upper;
}

/** What some conversions were worth together. */
export interface Valued {
  readonly conversions: number;
  readonly revenueMinor: number;
}

/** The band of mean values: on the scale of logarithms, since values are spread by factors. */
export interface ValueBand {
  readonly logMean: number;
  /** Deviation of the logarithm of one conversion's value, as blocks of them show it. */
  readonly deviation: number;
  readonly conversions: number;
  /** Some conversions were worth nothing or less together: refunds are usual. */
  readonly hasLosses: boolean;
}

/** Least deviation of the logarithm of a value: where all prices are alike a tenth more is still nothing odd. */
const MIN_LOG_DEVIATION = 0.1;

/**
 * Learns the band of mean values. Means that are not positive lie below all others, and stay: medians bear some of them.
 *
 * @returns null where too few conversions had a value, or half of them none
 */
export function valueBandOf(history: readonly Valued[]): ValueBand | null {
  const blocks = blocksOf(
    history.map(({ conversions, revenueMinor }) => ({ base: conversions, count: revenueMinor })),
    BLOCK_EXPECTED,
  );
  if (blocks.length < MIN_BLOCKS) return null;
  const logs = blocks.map(({ base, count }) => Math.log(Math.max(0, count) / base));
  const logMean = median(logs);
  if (!Number.isFinite(logMean)) return null;
  const deviations = blocks.map(({ base }, i) => Math.abs(logs[i]! - logMean) * Math.sqrt(base));
  const deviation = Math.max(MIN_LOG_DEVIATION, MAD_SCALE * median(deviations));
  if (!Number.isFinite(deviation)) return null;
  const hasLosses = blocks.some(({ count }) => count <= 0);
  return { logMean, deviation, conversions: sum(blocks, ({ base }) => base), hasLosses };
}

/**
 * The tail in which a mean value lies, were it `margin` times what it was; null where there is none to speak of. A mean that is not positive is the
 * lowest there is: it has no chance where there was none before, and says nothing where refunds are usual.
 */
export function valueTailOf(band: ValueBand, { conversions, revenueMinor }: Valued, margin: number): Tail | null {
  if (conversions < BLOCK_EXPECTED) return null;
  if (revenueMinor <= 0) return { direction: 'low', expected: Math.exp(band.logMean), chance: band.hasLosses ? 1 : 0 };
  const distance = Math.log(revenueMinor / conversions) - band.logMean;
  const error = band.deviation * Math.sqrt(1 / conversions + 1 / band.conversions);
  const beyond = (Math.abs(distance) - Math.log(margin)) / error;
  return {
    direction: distance >= 0 ? 'high' : 'low',
    expected: Math.exp(band.logMean),
    chance: beyond > 0 ? normalCdf(-beyond) : 1,
  };
}
