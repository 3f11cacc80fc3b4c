/** The shapes of what parameters say, in slices and policies. */
import { ONLY_STRATEGY } from '../bandits/allocation.ts';
import type { ParameterDesign } from '../bandits/effects/design.ts';
import {
  also,
  between,
  fields,
  finite,
  listOf,
  notNegative,
  optional,
  recordOf,
  type Shape,
  text,
  where,
  wholeFrom,
} from './shape.ts';
import type { SliceCampaign } from './slice.ts';

const MINUTES_PER_DAY = 1_440;

const sendWindow = fields({
  fromMinute: between(0, MINUTES_PER_DAY),
  toMinute: between(0, MINUTES_PER_DAY),
  days: optional(listOf(between(1, 7))),
});

/** Where and when arms are shown. @param scoring the shape of a policy with its floor. */
export function steeringShape(scoring: Shape): Shape {
  return fields({
    channels: optional(listOf(text)),
    timings: optional(listOf(fields({ window: optional(sendWindow), afterMs: optional(wholeFrom(1)) }))),
    timingOf: optional(listOf(wholeFrom(0))),
    policies: recordOf(scoring),
  });
}

/** Where a campaign's steering does not fit its arms or its strategies. */
export function steeringMisfit({ steering, armIds, strategies }: SliceCampaign): string | undefined {
  if (!steering) return undefined;
  const { channels, timings, timingOf, policies } = steering;
  if (channels && channels.length !== armIds.length) return 'steering/channels';
  if ((timings === undefined) !== (timingOf === undefined)) return 'steering/timings';
  if (timingOf && (timingOf.length !== armIds.length || timingOf.some((index) => index >= timings!.length)))
    return 'steering/timingOf';
  const named = strategies ? strategies.list.map(({ id }) => id) : [ONLY_STRATEGY];
  return named.every((id) => Object.hasOwn(policies, id)) ? undefined : 'steering/policies';
}

/** Rewards of a leaf in two numbers an arm. */
export const momentsShape: Shape = fields({
  means: listOf(finite),
  spreads: listOf(notNegative),
  deviation: notNegative,
});

/** How arms are made of parameters: every arm has a value of each. */
export const designShape: Shape = also(
  fields({
    parameters: listOf(fields({ id: text, values: listOf(text) })),
    arms: recordOf(listOf(wholeFrom(0))),
  }),
  where(({ parameters, arms }: ParameterDesign) => {
    const wrong = Object.entries(arms).find(
      ([, values]) =>
        values.length !== parameters.length || values.some((value, i) => value >= parameters[i]!.values.length),
    );
    return wrong && `arms/${wrong[0]}`;
  }),
);
