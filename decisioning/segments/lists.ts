import { folded } from './values.ts';

/**
 * Membership in a list of plain values, exact types; a list attribute is a member when any element is. One look into a
 * set per element, however long the list. Lists and objects inside the list match nothing: they have no identity.
 */
export function compileMembership(values: readonly unknown[], ignoreCase: boolean): (actual: unknown) => boolean {
  const plain = values.filter((value) => typeof value !== 'object' || value === null);
  const set = new Set(ignoreCase ? plain.map(folded) : plain);
  const has = (value: unknown): boolean => set.has(ignoreCase ? folded(value) : value);
  return (actual) => (Array.isArray(actual) ? actual.some(has) : has(actual));
}
