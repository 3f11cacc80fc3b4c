/** Which effects an arm is made of in the shared design: a constant, one per parameter value, and one per pair of values that interact. */
import type { ParameterDesign } from '../effects/design.ts';

/**
 * Pairs of parameter ids whose values may do more, or less, together than each by itself. Lists, since a call between objects makes one of
 * every pair; publishing sees to it that there are two.
 */
export type Interactions = readonly (readonly string[])[];

/** φ of every arm: it is 1 at the listed effects and 0 elsewhere. */
export interface ArmEffects {
  /** Number of effects; the constant is effect 0. */
  readonly width: number;
  /** Per arm in the allocation's order, ascending; the constant is in each. */
  readonly arms: readonly (readonly number[])[];
}

/**
 * Effects of one campaign, the constant included: three parameters of twenty values, or fewer with interactions. Draws of `joint-best.ts` have
 * as many dimensions.
 */
export const MAX_EFFECTS = 64;

/** The effects of every arm. Pairs of unknown parameters are left out, and an arm the design lacks has the constant alone. */
export function armEffects(
  { parameters, arms }: ParameterDesign,
  armIds: readonly string[],
  interactions: Interactions = [],
): ArmEffects {
  const starts: number[] = [];
  let width = 1;
  for (const { values } of parameters) {
    starts.push(width);
    width += values.length;
  }
  const pairs = interactions.flatMap((pair) => {
    const [one, other] = pair.map((id) => parameters.findIndex((parameter) => parameter.id === id));
    if (one === undefined || other === undefined || one < 0 || other < 0) return [];
    const start = width;
    const columns = parameters[other]!.values.length;
    width += parameters[one]!.values.length * columns;
    return [{ one, other, start, columns }];
  });
  const effectsOf = (armId: string): readonly number[] => {
    const values = Object.hasOwn(arms, armId) ? arms[armId]! : undefined;
    if (!values) return [0];
    const joint = pairs.map(({ one, other, start, columns }) => start + values[one]! * columns + values[other]!);
    return [0, ...values.map((value, i) => starts[i]! + value), ...joint];
  };
  return { width, arms: armIds.map(effectsOf) };
}
