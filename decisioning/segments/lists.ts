import type { ValueTest } from './ast.ts';
import type { CompiledTest, SavedGroups } from './compile.ts';
import { compileValueTest } from './compile.ts';
import { folded, numberOf, textOf } from './values.ts';

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

/**
 * Every test is passed by some element. Strings and numbers, the usual case, are looked up in a set of the elements, so
 * that a long list costs its own length plus the attribute's; other tests read the attribute once each.
 */
export function compileAll(tests: readonly ValueTest[], ignoreCase: boolean, savedGroups: SavedGroups): CompiledTest {
  const texts: string[] = [];
  const numbers: number[] = [];
  const others: CompiledTest[] = [];
  for (const test of tests) {
    if (test.kind === 'equals' && typeof test.expected === 'string') {
      texts.push(ignoreCase ? test.expected.toLowerCase() : test.expected);
    } else if (test.kind === 'equals' && typeof test.expected === 'number') numbers.push(test.expected);
    else others.push(compileValueTest(test, savedGroups));
  }
  const textIn = (item: unknown): string => (ignoreCase ? textOf(item).toLowerCase() : textOf(item));
  return (actual, isMember) => {
    if (!Array.isArray(actual)) return false;
    const presentTexts = texts.length === 0 ? undefined : new Set(actual.map(textIn));
    const presentNumbers = numbers.length === 0 ? undefined : new Set(actual.map(numberOf));
    return (
      texts.every((text) => presentTexts?.has(text) === true) &&
      numbers.every((number) => presentNumbers?.has(number) === true) &&
      others.every((holds) => actual.some((item) => holds(item, isMember)))
    );
  };
}
