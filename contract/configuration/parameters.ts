/** Parameters of a campaign, whose combinations are its arms. */
import * as z from 'zod';
import type { ArmConfiguration } from '../../decisioning/catalog/configuration.ts';
import {
  armsOf,
  MAX_EXCLUDE_RULES,
  MAX_PARAMETER_VALUES,
  MAX_PARAMETERS,
  PARAMETER_KINDS,
  type ParameterSource,
} from '../../decisioning/catalog/parameters.ts';
import { displayName, duration, durationMs, slug } from '../primitives.ts';
import { content, MAX_CONTENT_BYTES } from './content.ts';
import { clock, days, minuteOfDay } from './schedule.ts';

const MINUTES_PER_DAY = 1_440;

const sendWindow = z
  .strictObject({ from: clock, to: clock, days: days.optional() })
  .refine((hours) => minuteOfDay(hours.from) % MINUTES_PER_DAY !== minuteOfDay(hours.to) || hours.to === '24:00', {
    path: ['to'],
    message: 'must be another time of day than "from"',
  })
  .transform((hours) => ({
    fromMinute: minuteOfDay(hours.from) % MINUTES_PER_DAY,
    toMinute: minuteOfDay(hours.to),
    ...(hours.days && { days: hours.days }),
  }))
  .meta({
    description: "Hours of the customer's own day, over midnight too; `days` are those on which it begins",
    example: { from: '18:00', to: '21:00', days: ['mon', 'thu'] },
  });

const value = z.strictObject({
  id: slug,
  name: displayName.optional(),
  content: content.optional(),
  channel: slug.optional().meta({ description: 'Kind `channel`: the channel; the id of the value unless told' }),
  window: sendWindow.optional().meta({ description: 'Kind `timing`: when its arms may be shown or sent' }),
  after: duration.optional().meta({ description: 'Kind `timing`: not before so much time after the decision' }),
  costMinor: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(0)
    .meta({ description: 'Price of showing it once, in minor units' }),
});

/** Fields of a value that belong to one kind of parameter. */
const FIELDS_OF_KIND = { channel: 'channel', window: 'timing', after: 'timing' } as const;

export const parameter = z
  .strictObject({
    id: slug,
    name: displayName.optional(),
    kind: z
      .enum(PARAMETER_KINDS)
      .default('content')
      .meta({ description: 'What it adjusts besides content: where its arms are shown, or when' }),
    values: z.array(value).min(1).max(MAX_PARAMETER_VALUES),
  })
  .superRefine(({ kind, values }, context) => {
    for (const [i, one] of values.entries()) {
      for (const [field, owner] of Object.entries(FIELDS_OF_KIND)) {
        if (kind !== owner && one[field as keyof typeof FIELDS_OF_KIND] !== undefined)
          context.addIssue({
            code: 'custom',
            path: ['values', i, field],
            message: `needs a parameter of kind ${owner}`,
          });
      }
    }
  })
  .transform(({ values, ...rest }) => ({
    ...rest,
    values: values.map(({ channel, after, ...one }) => ({
      ...one,
      ...(rest.kind === 'channel' && { channel: channel ?? one.id }),
      ...(after !== undefined && { afterMs: durationMs(after) as number }),
    })),
  }));

const valueIds = z.union([slug, z.array(slug).min(1).max(MAX_PARAMETER_VALUES)]);

/** Parameter → value or values; at least one parameter, since a rule without any would exclude everything. */
const excludeRule = z
  .record(slug, valueIds)
  .refine((rule) => Object.keys(rule).length > 0, 'must name a parameter')
  .transform((rule) =>
    Object.fromEntries(Object.entries(rule).map(([id, ids]) => [id, typeof ids === 'string' ? [ids] : ids])),
  )
  .meta({
    description: 'A combination that has one of the named values of every named parameter is no arm',
    example: { channel: 'sms', style: ['story', 'question'] },
  });

/** The fields of a campaign that its arms are made from. */
export const parameterFields = {
  content: content.optional().meta({ description: 'With `parameters`: what all arms show, below their own values' }),
  parameters: z
    .array(parameter)
    .min(1)
    .max(MAX_PARAMETERS)
    .optional()
    .meta({ description: 'Instead of `arms`: dimensions whose combinations are the arms' }),
  exclude: z
    .array(excludeRule)
    .max(MAX_EXCLUDE_RULES)
    .optional()
    .meta({ description: 'With `parameters`: combinations that are no arms' }),
};

interface Written<Arm> {
  readonly arms?: readonly Arm[] | undefined;
  readonly parameters?: ParameterSource['parameters'] | undefined;
  readonly exclude?: ParameterSource['exclude'] | undefined;
  readonly content?: ParameterSource['content'];
  readonly score?: string | undefined;
}

/** At most one parameter says where, and one says when. */
function repeatedKinds(parameters: ParameterSource['parameters'], context: z.RefinementCtx): void {
  for (const [i, { kind }] of parameters.entries()) {
    if (kind !== 'content' && parameters.findIndex((other) => other.kind === kind) !== i)
      context.addIssue({
        code: 'custom',
        path: ['parameters', i, 'kind'],
        message: `must be unique: another parameter is of kind ${kind}`,
      });
  }
}

function misplaced({ arms, parameters, exclude, content: base }: Written<unknown>, context: z.RefinementCtx): void {
  const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
  if (arms && parameters) refuse('parameters', 'must not stand beside "arms": a campaign has one or the other');
  if (!arms && !parameters) refuse('arms', 'is required, or "parameters" that make them');
  if (arms && exclude) refuse('exclude', 'needs "parameters"');
  if (arms && base) refuse('content', 'needs "parameters": each arm has its own content');
}

/** Arms that name no score have the campaign's. */
function scored(arms: readonly ArmConfiguration[], score: string | undefined): readonly ArmConfiguration[] {
  return score === undefined ? arms : arms.map((arm) => (arm.score === undefined ? { ...arm, score } : arm));
}

/**
 * Gives a campaign that is written with parameters the arms that they make, so that everything behind the contract knows arms alone.
 * `parameters` stay beside them, for what they steer and for what is learned by them.
 */
export function withArms<T extends Written<ArmConfiguration>>(campaign: T, context: z.RefinementCtx) {
  const { exclude = [], content: base, parameters, arms: declared, ...rest } = campaign;
  misplaced(campaign, context);
  if (!parameters) return { ...rest, arms: scored(declared ?? [], rest.score) };
  repeatedKinds(parameters, context);
  const made = armsOf({ parameters, exclude, content: base });
  if (!made.ok) {
    for (const { path, detail } of made.problems)
      context.addIssue({ code: 'custom', path: [...path], message: detail });
    return z.NEVER;
  }
  const large = made.arms.find((arm) => JSON.stringify(arm.content).length > MAX_CONTENT_BYTES);
  if (large)
    context.addIssue({
      code: 'custom',
      path: ['parameters'],
      message: `make the content of arm "${large.id}" longer than 16 KB of JSON`,
    });
  return { ...rest, parameters, arms: scored(made.arms, rest.score) };
}
