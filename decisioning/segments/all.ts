/** `$all` and `$alli`: every test is passed by some element of a list. */
import type { ValueTest } from './ast.ts';
import type { CompiledTest, SavedGroups } from './compile.ts';
import { compileValueTest } from './compile.ts';
import type { StepMeter } from './regex/index.ts';
import { numberOf, textOf } from './values.ts';

/**
 * Every test is passed by some element. Strings and numbers, the usual case, are looked up in a set of the elements, so
 * that a long list costs its own length plus the attribute's; other tests read the attribute once each, and their patterns have together
 * what one match may cost. `outer` is what a list around this one has left.
 */
export function compileAll(
  tests: readonly ValueTest[],
  ignoreCase: boolean,
  savedGroups: SavedGroups,
  outer?: StepMeter,
): CompiledTest {
  const meter = outer ?? { steps: 0 };
  const texts: string[] = [];
  const numbers: number[] = [];
  const others: CompiledTest[] = [];
  for (const test of tests) {
    if (test.kind === 'equals' && typeof test.expected === 'string') {
      texts.push(ignoreCase ? test.expected.toLowerCase() : test.expected);
    } else if (test.kind === 'equals' && typeof test.expected === 'number') numbers.push(test.expected);
    else others.push(compileValueTest(test, savedGroups, meter));
  }
  const textIn = (item: unknown): string => (ignoreCase ? textOf(item).toLowerCase() : textOf(item));
  return (actual, isMember) => {
    if (!outer) meter.steps = 0;
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
