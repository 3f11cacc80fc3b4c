/**
 * Gamma-Gamma: what orders are worth. Each order of a customer is Gamma(p, ν), and ν is Gamma(q, v) among customers.
 *
 * Fader and Hardie, The Gamma-Gamma model of monetary value (note 25, 2013), after Colombo and Jiang (1999); v is their γ.
 */
import { betaCdf } from '../../math/beta.ts';
import { logBeta } from '../../math/gamma.ts';

export interface GammaGamma {
  readonly p: number;
  readonly q: number;
  readonly v: number;
}

/** Orders of one customer: how many, and their mean. */
export interface OrderValues {
  readonly orders: number;
  readonly meanValue: number;
}

/** ln of the density of the mean over `orders` ≥ 1 orders, `meanValue` > 0; the note's equation 1a. */
export function gammaGammaLogLikelihood({ p, q, v }: GammaGamma, { orders: x, meanValue: m }: OrderValues): number {
  const shape = p * x;
  return (
    -logBeta(shape, q) +
    q * Math.log(v) +
    (shape - 1) * Math.log(m) +
    shape * Math.log(x) -
    (shape + q) * Math.log(v + x * m)
  );
}

/** E[value of an order | those that were seen]: between theirs and everybody's mean; the note's equation 5. Without orders everybody's. */
export function expectedOrderValue({ p, q, v }: GammaGamma, { orders: x, meanValue }: OrderValues): number {
  return (p * (v + (x === 0 ? 0 : x * meanValue))) / (p * x + q - 1);
}

/**
 * P(`orders` further orders are worth `total` or less together | those that were seen): given ν they are Gamma(p·orders, ν), and ν is
 * Gamma(p·x + q, v + x·m), so that total / (v + x·m) is beta prime.
 */
export function totalValueCdf(model: GammaGamma, seen: OrderValues, orders: number, total: number): number {
  const { orders: x, meanValue } = seen;
  const scale = model.v + (x === 0 ? 0 : x * meanValue);
  return betaCdf(total / (total + scale), model.p * orders, model.p * x + model.q);
}
