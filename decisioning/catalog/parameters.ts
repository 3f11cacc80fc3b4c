/** Parameters of a campaign: adjustable dimensions whose combinations, but for those that are excluded, are its arms. */
import { MAX_ARMS } from '../bandits/allocate.ts';
import { HOLDOUT_ARM } from '../bandits/allocation.ts';
import type { ParameterDesign } from '../bandits/effects/design.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { ArmConfiguration, Content } from './configuration.ts';
import { noSuch } from './known-ids.ts';
import { mergedContent } from './merged-content.ts';

/** Dimensions of one campaign: more than eight cannot be looked at together, and each multiplies the arms. */
export const MAX_PARAMETERS = 8;
/** Values of one parameter; each is one effect more to learn. */
export const MAX_PARAMETER_VALUES = 32;
/** Rules of one campaign; each is held against every combination. */
export const MAX_EXCLUDE_RULES = 64;
/** Combinations that are held against the rules at once: few enough that reading a document takes milliseconds. */
export const MAX_COMBINATIONS = 16_384;
/** As every id: the longest that paths, tokens and statistics have room for. */
const MAX_ARM_ID_LENGTH = 64;
/** Between the ids of an arm's values. */
const SEPARATOR = '_';

/** What a parameter adjusts besides content: nothing, where it is shown, or when. */
export const PARAMETER_KINDS = ['content', 'channel', 'timing'] as const;
export type ParameterKind = (typeof PARAMETER_KINDS)[number];

/** Hours of the customer's day, minutes from midnight; one whose end is not after its beginning reaches over midnight. */
export interface SendWindow {
  readonly fromMinute: number;
  /** Exclusive, at most 1440. */
  readonly toMinute: number;
  /** Days on which it begins, 1 (Monday) to 7 (Sunday); every day when absent. */
  readonly days?: readonly number[] | undefined;
}

export interface ParameterValue {
  readonly id: string;
  readonly name?: string | undefined;
  /** Laid over the contents of the campaign and of earlier parameters. */
  readonly content?: Content | undefined;
  /** Of a `channel` parameter: the channel that its arms are for. */
  readonly channel?: string | undefined;
  /** Of a `timing` parameter: when its arms may be shown or sent; at any time when absent. */
  readonly window?: SendWindow | undefined;
  /** Of a `timing` parameter: not before so much time after the decision. */
  readonly afterMs?: number | undefined;
  readonly costMinor: number;
}

export interface ParameterConfiguration {
  readonly id: string;
  readonly name?: string | undefined;
  readonly kind: ParameterKind;
  readonly values: readonly ParameterValue[];
}

/** Parameter id → value ids: an arm that has one of the named values of every named parameter is out. */
export type ExcludeRule = Readonly<Record<string, readonly string[]>>;

/** What arms are made of. */
export interface ParameterSource {
  readonly parameters: readonly ParameterConfiguration[];
  readonly exclude: readonly ExcludeRule[];
  /** What all arms show, before their values are laid over it. */
  readonly content?: Content | undefined;
}

/** One thing that is wrong; `path` leads to it from the campaign. */
export interface ParameterProblem {
  readonly path: readonly (string | number)[];
  readonly detail: string;
}

export type ArmsResult =
  | { readonly ok: true; readonly arms: readonly ArmConfiguration[] }
  | { readonly ok: false; readonly problems: readonly ParameterProblem[] };

/**
 * The arms of declared parameters: every combination of values that no rule excludes, the first parameter changing slowest. An arm is
 * called by the ids of its values, joined with `_`; its content is the campaign's with those of its values laid over it in their order;
 * its cost is the sum of theirs. Rules only take arms away, so neither ids nor order depend on them.
 *
 * @returns every problem when there is one: repeated ids, rules about what is not there, too many combinations or arms, no arm at all,
 *   ids that are too long or the same for two arms.
 */
export function armsOf(source: ParameterSource): ArmsResult {
  const problems = [...repeatedIds(source.parameters), ...unknownInRules(source)];
  if (problems.length > 0) return { ok: false, problems };
  const refuse = (detail: string): ArmsResult => ({ ok: false, problems: [{ path: ['parameters'], detail }] });
  const { parameters } = source;
  const kept = choicesOf(source);
  if (kept === undefined)
    return refuse(`have more than ${MAX_COMBINATIONS} combinations; exclude some, or declare fewer`);
  if (kept.length === 0) return { ok: false, problems: [{ path: ['exclude'], detail: 'leaves no arm' }] };
  if (kept.length > MAX_ARMS) return refuse(`make ${kept.length} arms; at most ${MAX_ARMS}`);
  const wrongIds = idProblems(parameters, kept);
  if (wrongIds.length > 0) return { ok: false, problems: wrongIds };
  return { ok: true, arms: kept.map((choice) => armOf(source, choice)) };
}

/** Which values every arm has. @param arms as {@link armsOf} made them. */
export function designOf(
  parameters: readonly ParameterConfiguration[],
  arms: readonly ArmConfiguration[],
): ParameterDesign {
  return {
    parameters: parameters.map(({ id, values }) => ({ id, values: values.map((value) => value.id) })),
    arms: Object.fromEntries(arms.map((arm) => [arm.id, arm.values ?? []])),
  };
}

/** Whether parameters say where or when arms are shown. */
export function steers(parameters: readonly ParameterConfiguration[] | undefined): boolean {
  return parameters?.some(({ kind }) => kind !== 'content') ?? false;
}

/** Index of the value of each parameter. */
type Choice = readonly number[];

/**
 * All combinations that no rule excludes, or undefined when there are too many to look at. A rule is asked as soon as the last parameter
 * that it names is there, so that what is out is not multiplied any further.
 */
function choicesOf({ parameters, exclude }: ParameterSource): readonly Choice[] | undefined {
  const rules = exclude.map((rule) => compiledRule(parameters, rule));
  let choices: readonly Choice[] = [[]];
  for (const [last, { values }] of parameters.entries()) {
    if (choices.length * values.length > MAX_COMBINATIONS) return undefined;
    const due = rules.filter((rule) => Math.max(...rule.map(({ at }) => at)) === last);
    choices = choices
      .flatMap((choice) => values.map((_, i) => [...choice, i]))
      .filter((choice) => !due.some((rule) => rule.every(({ at, out }) => out[choice[at]!]!)));
  }
  return choices;
}

function valuesOf(parameters: readonly ParameterConfiguration[], choice: Choice): readonly ParameterValue[] {
  return choice.map((index, i) => parameters[i]!.values[index]!);
}

function idOf(parameters: readonly ParameterConfiguration[], choice: Choice): string {
  return valuesOf(parameters, choice)
    .map(({ id }) => id)
    .join(SEPARATOR);
}

function armOf({ parameters, content = {} }: ParameterSource, choice: Choice): ArmConfiguration {
  const values = valuesOf(parameters, choice);
  const names = values.some(({ name }) => name !== undefined) && values.map(({ id, name }) => name ?? id).join(', ');
  return {
    id: idOf(parameters, choice),
    ...(names && { name: names }),
    content: values.reduce<Content>((base, value) => mergedContent(base, value.content ?? {}), content),
    costMinor: values.reduce((sum, { costMinor }) => sum + costMinor, 0),
    values: choice,
  };
}

/** A rule by position: of each parameter that it names, which values it means. */
function compiledRule(parameters: readonly ParameterConfiguration[], rule: ExcludeRule) {
  return Object.entries(rule).map(([parameterId, valueIds]) => {
    const at = parameters.findIndex(({ id }) => id === parameterId);
    return { at, out: parameters[at]!.values.map(({ id }) => valueIds.includes(id)) };
  });
}

function repeatedIds(parameters: readonly ParameterConfiguration[]): ParameterProblem[] {
  const twice = (list: readonly { readonly id: string }[], at: ParameterProblem['path']): ParameterProblem[] =>
    list.flatMap(({ id }, i) =>
      list.findIndex((other) => other.id === id) === i
        ? []
        : [{ path: [...at, i, 'id'], detail: `must be unique: "${id}" is there already` }],
    );
  return [
    ...twice(parameters, ['parameters']),
    ...parameters.flatMap(({ values }, i) => twice(values, ['parameters', i, 'values'])),
  ];
}

function unknownInRules({ parameters, exclude }: ParameterSource): ParameterProblem[] {
  return exclude.flatMap((rule, i) =>
    Object.entries(rule).flatMap(([parameterId, valueIds]): ParameterProblem[] => {
      const path = ['exclude', i, parameterId];
      const parameter = parameters.find(({ id }) => id === parameterId);
      const parameterIds = parameters.map(({ id }) => id);
      if (!parameter) return [{ path, detail: noSuch('parameter', parameterId, parameterIds) }];
      const known = parameter.values.map(({ id }) => id);
      const unknown = valueIds.filter((valueId) => !known.includes(valueId));
      return unknown.map((valueId) => {
        const detail = `"${parameterId}" has no value "${valueId}"${didYouMean(valueId, known)}`;
        return { path, detail };
      });
    }),
  );
}

/** Arms whose id cannot be used, at the value that makes it so. */
function idProblems(parameters: readonly ParameterConfiguration[], choices: readonly Choice[]): ParameterProblem[] {
  const seen = new Map<string, Choice>();
  for (const choice of choices) {
    const id = idOf(parameters, choice);
    const at = (parameter: number): ParameterProblem['path'] => [
      'parameters',
      parameter,
      'values',
      choice[parameter]!,
      'id',
    ];
    if (id === HOLDOUT_ARM) return [{ path: at(0), detail: `"${HOLDOUT_ARM}" is the name of the control group` }];
    if (id.length > MAX_ARM_ID_LENGTH) {
      const lengths = valuesOf(parameters, choice).map((value) => value.id.length);
      const detail = `makes an arm id of ${id.length} characters, "${id}"; at most ${MAX_ARM_ID_LENGTH}`;
      return [{ path: at(lengths.indexOf(Math.max(...lengths))), detail }];
    }
    const other = seen.get(id);
    if (other) {
      const first = choice.findIndex((index, i) => index !== other[i]);
      return [{ path: at(first), detail: `makes two combinations the arm "${id}"` }];
    }
    seen.set(id, choice);
  }
  return [];
}
