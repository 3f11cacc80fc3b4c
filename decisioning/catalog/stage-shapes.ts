/** The shapes of phases and of several strategies, in allocations, slices and policies. */
import { PHASES } from '../lifecycle/phases.ts';
import {
  also,
  between,
  fields,
  listOf,
  notNegative,
  oneOf,
  optional,
  type Shape,
  text,
  where,
  wholeFrom,
} from './shape.ts';

const settings = { floor: between(0, 1), admitted: between(0, 1), modelWeight: between(0, 1) };

/** Fields of an allocation: its campaign's phase, and whose turn it is. */
export const standingFields: Readonly<Record<string, Shape>> = {
  stage: optional(fields({ phase: oneOf(...PHASES), ...settings })),
  turn: optional(text),
};

/** How far rounding may move a sum of shares from 1. */
const SUM_TOLERANCE = 1e-9;

/** Several strategies with what each of them has besides id and share. */
export function strategiesShape(own: Readonly<Record<string, Shape>>): Shape {
  return also(
    fields({
      mode: oneOf('concurrent', 'rotation'),
      list: listOf(fields({ id: text, share: between(0, 1), ...own })),
    }),
    where(({ list }: { list: readonly { readonly share: number }[] }) => {
      const sum = list.reduce((total, { share }) => total + share, 0);
      return list.length > 0 && Math.abs(sum - 1) <= SUM_TOLERANCE ? undefined : 'list';
    }),
  );
}

/** A lifecycle in a policy. */
export const lifecycleShape: Shape = fields({
  phases: fields(Object.fromEntries(PHASES.map((phase) => [phase, fields(settings)]))),
  thresholds: fields({
    trialsPerArm: wholeFrom(1),
    pBest: between(0, 1),
    expectedLoss: notNegative,
    width: notNegative,
  }),
  drift: optional(fields({ bucketHours: wholeFrom(1), settleHours: wholeFrom(0), bucketsPerFalseAlarm: wholeFrom(1) })),
});
