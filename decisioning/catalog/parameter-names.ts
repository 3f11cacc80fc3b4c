/** What people call the parameters of a campaign, for its figures. */
import type { ParameterConfiguration } from './parameters.ts';
import type { ParameterNames } from './slice.ts';

/** The names that were declared; undefined where none was. */
export function parameterNames(parameters: readonly ParameterConfiguration[] = []): ParameterNames | undefined {
  const named = parameters.flatMap(({ id, name, values }) => {
    const own = values.flatMap((value) => (value.name === undefined ? [] : [[value.id, value.name] as const]));
    if (name === undefined && own.length === 0) return [];
    return [[id, { ...(name !== undefined && { name }), values: Object.fromEntries(own) }] as const];
  });
  return named.length > 0 ? Object.fromEntries(named) : undefined;
}

/** The declared name of a parameter, or of one of its values; nothing where it has none. */
export function nameOf(names: ParameterNames | undefined, parameter: string, value?: string): { name?: string } {
  const own = names && Object.hasOwn(names, parameter) ? names[parameter] : undefined;
  if (!own) return {};
  if (value === undefined) return own.name === undefined ? {} : { name: own.name };
  return Object.hasOwn(own.values, value) ? { name: own.values[value]! } : {};
}
