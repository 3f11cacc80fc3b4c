/** Parameters of the customer models by maximum likelihood. */
import { type BgNbd, bgNbdLogLikelihood, type OrderHistory } from '../../../decisioning/scoring/lifetime/bg-nbd.ts';
import {
  type GammaGamma,
  gammaGammaLogLikelihood,
  type OrderValues,
} from '../../../decisioning/scoring/lifetime/gamma-gamma.ts';
import { minimize } from './nelder-mead.ts';

export interface Fitted<Model> {
  readonly model: Model;
  readonly logLikelihood: number;
}

/** Parameters are above 0: they are searched as logarithms, from 1 each, which is where the published fits begin. */
const FROM_ONES = (count: number): readonly number[] => new Array<number>(count).fill(0);

/**
 * BG/NBD parameters of customers' histories.
 *
 * @throws RangeError if nobody ordered again: such customers tell nothing of when customers stop.
 */
export function fitBgNbd(histories: readonly OrderHistory[]): Fitted<BgNbd> {
  if (!histories.some(({ repeats }) => repeats > 0)) throw new RangeError('fitBgNbd: no customer has ordered again');
  const groups = grouped(histories, ({ repeats, lastAt, age }) => `${repeats} ${lastAt} ${age}`);
  const modelAt = ([r, alpha, a, b]: readonly number[]): BgNbd => ({
    r: Math.exp(r!),
    alpha: Math.exp(alpha!),
    a: Math.exp(a!),
    b: Math.exp(b!),
  });
  const loss = (model: BgNbd): number =>
    -groups.reduce((sum, { one, count }) => sum + count * bgNbdLogLikelihood(model, one), 0);
  const { at, value } = minimize((at) => loss(modelAt(at)), FROM_ONES(4));
  return { model: modelAt(at), logLikelihood: -value };
}

/**
 * Gamma-Gamma parameters of customers' mean order values; those without orders, or whose orders were free, tell nothing and are left out.
 *
 * @throws RangeError if nobody is left.
 */
export function fitGammaGamma(customers: readonly OrderValues[]): Fitted<GammaGamma> {
  const telling = customers.filter(({ orders, meanValue }) => orders > 0 && meanValue > 0);
  if (telling.length === 0) throw new RangeError('fitGammaGamma: no customer has an order of value');
  const modelAt = ([p, q, v]: readonly number[]): GammaGamma => ({ p: Math.exp(p!), q: Math.exp(q!), v: Math.exp(v!) });
  const loss = (model: GammaGamma): number =>
    -telling.reduce((sum, customer) => sum + gammaGammaLogLikelihood(model, customer), 0);
  const { at, value } = minimize((at) => loss(modelAt(at)), FROM_ONES(3));
  return { model: modelAt(at), logLikelihood: -value };
}

/** Customers of the same history count as one that is there several times: a third of the work. */
function grouped<One>(
  list: readonly One[],
  keyOf: (one: One) => string,
): { readonly one: One; readonly count: number }[] {
  const groups = new Map<string, { one: One; count: number }>();
  for (const one of list) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.count += 1;
    else groups.set(key, { one, count: 1 });
  }
  return [...groups.values()];
}
