import { ANY_BUT_LINE_ENDS, charSet } from './charset.ts';
import { readEscape } from './escapes.ts';
import { REGEX_LIMITS } from './limits.ts';
import type { RegexNode } from './syntax.ts';
import { RegexRefusal } from './syntax.ts';

/** Reading position in a pattern. */
interface Cursor {
  readonly pattern: string;
  at: number;
}

/**
 * Parse a pattern in the syntax of JavaScript without flags (Annex B of ECMA-262), less what cannot run in linear time.
 *
 * @throws RegexRefusal with the reason; `compileRegex` turns it into a value
 */
export function parseRegex(pattern: string): RegexNode {
  if (pattern.length > REGEX_LIMITS.patternLength) throw new RegexRefusal('too_long');
  const cursor: Cursor = { pattern, at: 0 };
  const node = readChoice(cursor, 0);
  if (cursor.at < pattern.length) throw new RegexRefusal('unmatched_parenthesis');
  return node;
}

function readChoice(cursor: Cursor, depth: number): RegexNode {
  if (depth > REGEX_LIMITS.groupDepth) throw new RegexRefusal('too_deep');
  const options = [readSequence(cursor, depth)];
  while (cursor.pattern[cursor.at] === '|') {
    cursor.at += 1;
    options.push(readSequence(cursor, depth));
  }
  return options.length === 1 ? options[0]! : { kind: 'choice', options };
}

function readSequence(cursor: Cursor, depth: number): RegexNode {
  const items: RegexNode[] = [];
  for (;;) {
    const letter = cursor.pattern[cursor.at];
    if (letter === undefined || letter === '|' || letter === ')') break;
    const item = readAtom(cursor, depth);
    items.push(readQuantifier(cursor, item));
  }
  if (items.length === 0) return { kind: 'empty' };
  return items.length === 1 ? items[0]! : { kind: 'sequence', items };
}

function readAtom(cursor: Cursor, depth: number): RegexNode {
  const { pattern } = cursor;
  const letter = pattern[cursor.at]!;
  if (letter === '(') return readGroup(cursor, depth);
  if (letter === '[') return readClass(cursor);
  if (letter === '\\') return readEscapedAtom(cursor);
  if (letter === '*' || letter === '+' || letter === '?') throw new RegexRefusal('nothing_to_repeat');
  if (letter === '{' && readBraces(pattern, cursor.at) !== undefined) throw new RegexRefusal('nothing_to_repeat');
  cursor.at += 1;
  if (letter === '^') return { kind: 'assert', at: 'start' };
  if (letter === '$') return { kind: 'assert', at: 'end' };
  if (letter === '.') return { kind: 'set', set: ANY_BUT_LINE_ENDS, negated: false };
  return { kind: 'char', unit: letter.charCodeAt(0) };
}

function readEscapedAtom(cursor: Cursor): RegexNode {
  const letter = cursor.pattern[cursor.at + 1];
  if (letter === 'b' || letter === 'B') {
    cursor.at += 2;
    return { kind: 'assert', at: letter === 'b' ? 'boundary' : 'not_boundary' };
  }
  const meaning = readEscape(cursor.pattern, cursor.at, false);
  cursor.at = meaning.next;
  if (meaning.set !== undefined) return { kind: 'set', set: meaning.set, negated: false };
  return { kind: 'char', unit: meaning.unit! };
}

function readGroup(cursor: Cursor, depth: number): RegexNode {
  const { pattern } = cursor;
  cursor.at += 1;
  if (pattern[cursor.at] === '?') {
    const rest = pattern.slice(cursor.at, cursor.at + 3);
    if (rest.startsWith('?:')) cursor.at += 2;
    else if (rest.startsWith('?=') || rest.startsWith('?!') || rest === '?<=' || rest === '?<!') {
      throw new RegexRefusal('lookaround');
    } else cursor.at = readGroupName(pattern, cursor.at);
  }
  const node = readChoice(cursor, depth + 1);
  if (pattern[cursor.at] !== ')') throw new RegexRefusal('unmatched_parenthesis');
  cursor.at += 1;
  return node.kind === 'assert' ? { kind: 'sequence', items: [node] } : node;
}

/** Position after `?<name>`; modifiers such as `(?i:` are refused. */
function readGroupName(pattern: string, at: number): number {
  const close = pattern.indexOf('>', at);
  const named =
    pattern[at + 1] === '<' && close !== -1 && /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(pattern.slice(at + 2, close));
  if (!named) throw new RegexRefusal('unsupported_group');
  return close + 1;
}

function readQuantifier(cursor: Cursor, item: RegexNode): RegexNode {
  const { pattern } = cursor;
  const letter = pattern[cursor.at];
  let min = 0;
  let max = Number.POSITIVE_INFINITY;
  let next = cursor.at + 1;
  if (letter === '+') min = 1;
  else if (letter === '?') max = 1;
  else if (letter === '{') {
    const braces = readBraces(pattern, cursor.at);
    if (braces === undefined) return item;
    ({ min, max, next } = braces);
  } else if (letter !== '*') return item;
  if (item.kind === 'assert') throw new RegexRefusal('nothing_to_repeat');
  if (min > max) throw new RegexRefusal('range_out_of_order');
  if (min > REGEX_LIMITS.repeat || (max > REGEX_LIMITS.repeat && Number.isFinite(max))) {
    throw new RegexRefusal('repeat_too_large');
  }
  // Lazy or greedy changes which match is found, never whether there is one.
  if (pattern[next] === '?') next += 1;
  cursor.at = next;
  return { kind: 'repeat', item, min, max };
}

interface Braces {
  readonly min: number;
  readonly max: number;
  readonly next: number;
}

/** `{m}`, `{m,}` or `{m,n}` at the position; undefined when the brace stands for itself. */
function readBraces(pattern: string, at: number): Braces | undefined {
  const close = pattern.indexOf('}', at);
  if (close === -1) return undefined;
  const parts = /^([0-9]+)(,([0-9]*))?$/.exec(pattern.slice(at + 1, close));
  if (parts === null) return undefined;
  const min = Number(parts[1]);
  const max = parts[2] === undefined ? min : parts[3] === '' ? Number.POSITIVE_INFINITY : Number(parts[3]);
  return { min, max, next: close + 1 };
}

function readClass(cursor: Cursor): RegexNode {
  const { pattern } = cursor;
  cursor.at += 1;
  const negated = pattern[cursor.at] === '^';
  if (negated) cursor.at += 1;
  const ranges: number[] = [];
  for (;;) {
    if (pattern[cursor.at] === undefined) throw new RegexRefusal('unmatched_bracket');
    if (pattern[cursor.at] === ']') break;
    readClassPart(cursor, ranges);
  }
  cursor.at += 1;
  return { kind: 'set', set: charSet(ranges), negated };
}

/** One member or one range `a-z`. A hyphen beside a set such as `\d` stands for itself, as Annex B has it. */
function readClassPart(cursor: Cursor, ranges: number[]): void {
  const { pattern } = cursor;
  const from = readClassMember(cursor);
  const isRange = pattern[cursor.at] === '-' && pattern[cursor.at + 1] !== undefined && pattern[cursor.at + 1] !== ']';
  if (!isRange) {
    ranges.push(...from);
    return;
  }
  cursor.at += 1;
  const to = readClassMember(cursor);
  const single = from.length === 2 && from[0] === from[1] && to.length === 2 && to[0] === to[1];
  if (!single) {
    ranges.push(...from, 0x2d, 0x2d, ...to);
    return;
  }
  if (from[0]! > to[0]!) throw new RegexRefusal('range_out_of_order');
  ranges.push(from[0]!, to[0]!);
}

function readClassMember(cursor: Cursor): readonly number[] {
  const { pattern } = cursor;
  if (pattern[cursor.at] !== '\\') {
    const unit = pattern.charCodeAt(cursor.at);
    cursor.at += 1;
    return [unit, unit];
  }
  const meaning = readEscape(pattern, cursor.at, true);
  cursor.at = meaning.next;
  return meaning.set ?? [meaning.unit!, meaning.unit!];
}
