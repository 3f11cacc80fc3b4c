/** The shapes of what a policy says about its reward and its learning. */
import { FALSE_ALARM_DAYS } from '../evaluation/anomalies.ts';
import {
  between,
  fields,
  finite,
  flag,
  listOf,
  oneOf,
  optional,
  recordOf,
  type Shape,
  text,
  wholeFrom,
} from './shape.ts';

const KINDS: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  revenue: { maxMinor: wholeFrom(2) },
  count: { max: wholeFrom(1) },
  composite: { weights: recordOf(finite) },
};

const reward: Shape = (value, at) =>
  fields({ kind: oneOf(...Object.keys(KINDS)) })(value, at) ??
  fields(KINDS[(value as { kind: string }).kind]!)(value, at);

const learning = fields({
  halfLifeMs: optional(between(1, Number.MAX_SAFE_INTEGER)),
  delayCorrection: optional(oneOf(true)),
  by: optional(oneOf('effects')),
  watch: optional(fields({ hold: flag, sensitivity: oneOf(...Object.keys(FALSE_ALARM_DAYS)) })),
});

/** The optional fields of a policy that come from `objective` and `learning`. */
export const rewardParts = {
  reward: optional(reward),
  secondaryGoals: optional(listOf(text)),
  learning: optional(learning),
} as const;
