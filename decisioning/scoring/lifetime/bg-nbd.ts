/**
 * BG/NBD: customers order at a rate of their own while they are customers, and may stop being so after each order.
 *
 * Fader, Hardie and Lee, "Counting your customers" the easy way: an alternative to the Pareto/NBD model, Marketing Science 24(2), 2005. Rates are
 * Gamma(r, α) among customers, chances to stop Beta(a, b). Times are in any one unit (weeks here) and α in the same.
 */
import { logBeta, logGamma } from '../../math/gamma.ts';
import { hypergeometric } from './hypergeometric.ts';

export interface BgNbd {
  readonly r: number;
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
}

/** What the model needs to know of one customer. */
export interface OrderHistory {
  /** Orders after the first, x; those of one day count once. */
  readonly repeats: number;
  /** From the first to the last order, t_x; 0 without repeats. */
  readonly lastAt: number;
  /** From the first order to now, T ≥ t_x. */
  readonly age: number;
}

/** ln P(history | model), the paper's equation 6 in the form of Fader and Hardie's note 27, which no number of orders overflows. */
export function bgNbdLogLikelihood({ r, alpha, a, b }: BgNbd, { repeats: x, lastAt, age }: OrderHistory): number {
  const orders = logGamma(r + x) - logGamma(r) + r * Math.log(alpha);
  const staying = logBeta(a, b + x) - logBeta(a, b);
  const stillThere = -(r + x) * Math.log(alpha + age);
  if (x === 0) return orders + staying + stillThere;
  const stopped = Math.log(a) - Math.log(b + x - 1) - (r + x) * Math.log(alpha + lastAt);
  const larger = Math.max(stillThere, stopped);
  return orders + staying + larger + Math.log(Math.exp(stillThere - larger) + Math.exp(stopped - larger));
}

/** P(alive): that the customer will order again some day. 1 without repeats, since customers stop after a repeated order only. */
export function aliveProbability({ r, alpha, a, b }: BgNbd, { repeats: x, lastAt, age }: OrderHistory): number {
  if (x === 0) return 1;
  const odds = Math.log(a / (b + x - 1)) + (r + x) * Math.log((alpha + age) / (alpha + lastAt));
  return 1 / (1 + Math.exp(odds));
}

/** E[orders after the first within `time`] of a customer of whom nothing else is known; the paper's equation 9. */
export function expectedOrders({ r, alpha, a, b }: BgNbd, time: number): number {
  const z = time / (alpha + time);
  const scale = (a + b - 1) / (a - 1);
  return scale * (1 - (1 - z) ** r * hypergeometric(r, b, a + b - 1, z));
}

/** E[orders within the next `time` | history]; the paper's equation 10. */
export function expectedOrdersNext(model: BgNbd, history: OrderHistory, time: number): number {
  return aliveProbability(model, history) * expectedOrders(withHistory(model, history), time);
}

/**
 * The customers who have this history and have not stopped, as a model of their own that begins now: rates are Gamma(r + x, α + T) among them, chances to
 * stop Beta(a, b + x).
 */
export function withHistory({ r, alpha, a, b }: BgNbd, { repeats, age }: OrderHistory): BgNbd {
  return { r: r + repeats, alpha: alpha + age, a, b: b + repeats };
}
