/** Patterns made to hang an engine that goes back, and texts to hang it with: for the test that counts steps and the benchmark that looks at the clock. */
import { REGEX_LIMITS } from '../segments/regex/index.ts';

/** As many as there are. */
export const HOSTILE_PATTERNS = 200;

/** Nested and overlapping repetition: exponential, or a high power of the length, where an engine goes back. */
const inner = ['a+', 'a*', 'a|a', 'a|aa', 'a?', 'a+a+', 'a{1,9}', '[a-z]+', '\\w+', '.*', '\\w*a', 'a*b?a*', '(a+)?'];
const outer = ['+', '*', '{2,40}', '{1,}', '+?', '*?', '{0,30}'];
const nested = inner.flatMap((part) => outer.map((times) => `^(${part})${times}$`));
const nestedTwice = inner.flatMap((part) => ['+', '*', '{1,9}', '{1,12}'].map((times) => `(((${part})${times})*)+!`));
/** Programs as large as they may be: linear in the text, and a thousand steps a character. */
const wide = [
  ...[100, 300, 341].flatMap((n) => [`(a?){${n}}a{${n}}`, `(\\w?){${n}}!`, `(a*){${n}}b`, `(?:[a-z]?){${n}}!`]),
  ...[10, 20, 30].flatMap((n) => [
    `((a?){${n}}){${n}}b`,
    `([a-z]{0,${n}}){0,${n}}!`,
    `(a|aa){${n}}{2}`,
    `(.{0,${n}}){${n}}~`,
  ]),
  ...[9, 99, 500].flatMap((n) => [`\\w{${n}}x`, `(a|b)*a(a|b){${n}}$`, `.*.{${n}}\\b~`, `[^b]{0,${n}}[^c]{0,${n}}~`]),
  ...[40, 41, 400].map((n) => `${'('.repeat(n)}a${')*'.repeat(n)}b`),
  ...['a{1,1000}', 'a{501}', '(a{500}){500}', '((a{99}){99}){99}', '(a{0}){500}', '(|a){500}', '(a||b)*c'],
  Array.from({ length: 90 }, (_, i) => `aaa${i}`).join('|'),
  Array.from({ length: 90 }, (_, i) => `${'a?'.repeat(3)}${i}`).join('|'),
];
/** Published as the cause of outages, or of warnings about them. */
const known = [
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(x+x+)+y',
  '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$',
  '(?:(?:"|\'|\\]|\\}|\\\\|\\d|(?:nan|infinity|true|false|null|undefined|symbol|math)|`|-|\\+)+[)]*;?((?:\\s|-|~|!|\\{\\}|\\|\\||\\+)*.*(?:.*=.*)))',
  '(.*)*(.*)*(.*)*=$',
  '\\s+$',
  '^(\\d+\\s*)+;$',
  '^(?:\\s*,?\\s*[a-z]*)*$',
  '(\\w+\\s?)*$~',
  '^(a|a|a|a|a)*$',
  '(a|ab|abc|abcd)*e',
  '([^"\\\\]|\\\\.)*"~',
  '^((ab)*|(ba)*)*c$',
  '(\\b|a)*\\B~',
];
/** What needs going back to be matched at all. */
export const needGoingBack: readonly string[] = [
  '(a+)\\1+b',
  '(?=(a+))a*b\\1',
  '(?<!a+)b',
  '(?<x>a*)\\k<x>*',
  '(?!a*b)a*',
  '(?i)(a+)+b',
];

/** All of them, each once. */
export const hostilePatterns: readonly string[] = [
  ...new Set([...needGoingBack, ...known, ...wide, ...nested, ...nestedTwice]),
].slice(0, HOSTILE_PATTERNS);

const { textLength } = REGEX_LIMITS;
/** The longest text that is looked at: a unit again and again, and an end. */
export const filled = (unit: string, end: string): string =>
  unit.repeat(textLength).slice(0, textLength - end.length) + end;
/** As long as any text that is looked at, but for the first; of what the patterns above go through slowest. */
export const hostileTexts: readonly string[] = [
  `${'a'.repeat(28)}!`,
  filled('a', '?'),
  filled('a', ''),
  filled('ab', 'c~'),
  filled('x1 ', '\n'),
  filled(' ', '.'),
  filled('"\\', '\u0000'),
  filled('é\u212A', '!'),
];
