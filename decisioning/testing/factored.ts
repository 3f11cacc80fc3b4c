/** Arms made of parameters, with rates that are known: what learning by effects is tested in. */
import type { ParameterDesign } from '../bandits/effects/design.ts';
import { normalQuantile } from '../math/normal.ts';
import type { Random } from '../random.ts';

/** Every combination of `values` values in each of `parameters` parameters, the first changing slowest. */
export function fullDesign(parameters: number, values: number): ParameterDesign {
  const ids = Array.from({ length: values }, (_, i) => `v${i}`);
  let arms: readonly (readonly number[])[] = [[]];
  for (let i = 0; i < parameters; i++) arms = arms.flatMap((arm) => ids.map((_, value) => [...arm, value]));
  return {
    parameters: Array.from({ length: parameters }, (_, i) => ({ id: `p${i}`, values: ids })),
    arms: Object.fromEntries(arms.map((arm) => [arm.map((value) => ids[value]).join('_'), arm])),
  };
}

/** Standard normal. */
export function normalVariate(random: Random): number {
  return normalQuantile(1 - random.next());
}
