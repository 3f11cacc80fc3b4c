/** What the YAML parser has against a text, in plain words: one finding for each slip, at the line where it is. */
import type { YAMLError } from 'yaml';
import type { Position } from './source.ts';

type Code = YAMLError['code'];

/** A slip and its place. */
export interface YamlProblem extends Position {
  readonly message: string;
}

const INDENTED =
  'this line is indented differently from what it belongs to: fields of one object start in the same column';
const NO_FIELD = 'this line is neither "field: value" (with a space after the colon) nor an item of a list';

const WORDS: Partial<Readonly<Record<Code, string>>> = {
  BAD_ALIAS: 'an alias cannot be read',
  BAD_INDENT: INDENTED,
  DUPLICATE_KEY: 'this field is written twice',
  MULTILINE_IMPLICIT_KEY: NO_FIELD,
  TAB_AS_INDENT: 'this line is indented with a tab: use spaces',
  BLOCK_AS_IMPLICIT_KEY: 'there is a second ": " in this value: put the text in quotes',
};

/** Of messages that stand for several things, the ones that need other words. */
const BY_MESSAGE: readonly (readonly [pattern: RegExp, words: string])[] = [
  // The parser descends by calling itself, and tells of its stack instead of the text.
  [/call stack/i, 'is nested too deeply to be read'],
  [/^Flow (sequence|map)/, 'a list in [ ] or an object in { } is not closed, or not indented'],
  [/^Missing closing .quote/, 'a text in quotes is not closed'],
  [/^Sequence item without/, INDENTED],
  [/^A block sequence may not/, INDENTED],
  [/^Plain value cannot start with/, 'a text that starts with this character must be in quotes'],
];

function wordsOf({ code, message }: YAMLError): string {
  const special = BY_MESSAGE.find(([pattern]) => pattern.test(message));
  return special?.[1] ?? WORDS[code] ?? message;
}

/**
 * One slip makes the parser stumble several times: what begins on one line is told once. A value that runs on into the next line and finds
 * a field there was indented too far, and that line is to blame.
 *
 * @param errors of one document, in the order of the text
 * @param positionOf line and column of an offset
 */
export function yamlProblems(errors: readonly YAMLError[], positionOf: (offset: number) => Position): YamlProblem[] {
  const byLine = new Map<number, YAMLError[]>();
  for (const error of errors) {
    const { line } = positionOf(error.pos[0]);
    byLine.set(line, [...(byLine.get(line) ?? []), error]);
  }
  return [...byLine.values()].map((group): YamlProblem => {
    const [first] = group as [YAMLError];
    const start = positionOf(first.pos[0]);
    const runsOn = group.find(
      ({ code, pos }) => code === 'MULTILINE_IMPLICIT_KEY' && positionOf(pos[1]).line > start.line,
    );
    if (first.code === 'BLOCK_AS_IMPLICIT_KEY' && runsOn)
      return { line: positionOf(runsOn.pos[1]).line, column: 1, message: INDENTED };
    return { ...start, message: wordsOf(first) };
  });
}
