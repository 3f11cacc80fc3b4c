/** Campaigns whose parameters say where and when their arms are shown. */
import type { CampaignConfiguration } from '../catalog/configuration.ts';
import {
  armsOf,
  type ExcludeRule,
  type ParameterConfiguration,
  type ParameterKind,
  type ParameterValue,
} from '../catalog/parameters.ts';
import { HOUR_MS, learnerOf } from './configuration.ts';

/** A parameter of values without cost; a value that is a plain id shows that id as its text. */
export function parameterOf(
  id: string,
  kind: ParameterKind,
  values: readonly (string | (Partial<ParameterValue> & { readonly id: string }))[],
): ParameterConfiguration {
  return {
    id,
    kind,
    values: values.map((value) =>
      typeof value === 'string' ? { id: value, content: { text: value }, costMinor: 0 } : { costMinor: 0, ...value },
    ),
  };
}

/** `plain` or `bold`. */
export const STYLE = parameterOf('style', 'content', ['plain', 'bold']);
/** Channel `web` or `mail`. */
export const PLACE = parameterOf('place', 'channel', [
  { id: 'web', channel: 'web' },
  { id: 'mail', channel: 'mail' },
]);
/** From six to ten, from six in the evening to nine, or in two hours. */
export const TIME = parameterOf('time', 'timing', [
  { id: 'morning', window: { fromMinute: 360, toMinute: 600 } },
  { id: 'evening', window: { fromMinute: 1_080, toMinute: 1_260 } },
  { id: 'later', afterMs: 2 * HOUR_MS },
]);

/** A campaign on `hero` and `inbox` with the arms that its parameters make, Thompson sampling and a floor of one in a hundred. */
export function steeredOf(
  id: string,
  parameters: readonly ParameterConfiguration[],
  extra: Partial<CampaignConfiguration> & { readonly exclude?: readonly ExcludeRule[] } = {},
): CampaignConfiguration {
  const { exclude = [], ...rest } = extra;
  const made = armsOf({ parameters, exclude });
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  return learnerOf(id, { placements: ['hero', 'inbox'], parameters, arms: made.arms, ...rest });
}
