import type { CharSet } from './charset.ts';
import { charSet } from './charset.ts';
import { canonicalUnit } from './folding.ts';
import { REGEX_LIMITS } from './limits.ts';
import { parseRegex } from './parse.ts';
import type { Assertion, RegexNode, RegexProblem } from './syntax.ts';
import { RegexRefusal } from './syntax.ts';

/** One instruction of the automaton; the next one follows it unless it says otherwise. */
export type Instruction =
  | { readonly op: 'char'; readonly unit: number }
  | { readonly op: 'set'; readonly set: CharSet; readonly negated: boolean }
  | { readonly op: 'assert'; readonly at: Assertion }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'match' };

/** A compiled pattern: a nondeterministic automaton of bounded size (Thompson 1968). */
export interface RegexProgram {
  readonly instructions: readonly Instruction[];
  readonly ignoreCase: boolean;
}

export type RegexResult =
  | { readonly ok: true; readonly program: RegexProgram }
  | { readonly ok: false; readonly reason: RegexProblem };

/**
 * Compile a pattern to an automaton. Supported: literals, `.`, classes, `\d \w \s \b` and their negations, `^ $`, groups,
 * alternation, `? * + {m,n}` greedy or lazy. Refused with a reason: backreferences, lookaround, inline modifiers, octal and
 * Unicode property escapes, anything over the limits, anything JavaScript itself would refuse.
 */
export function compileRegex(pattern: string, ignoreCase = false): RegexResult {
  try {
    const node = parseRegex(pattern);
    if (sizeOf(node) + 1 > REGEX_LIMITS.programSize) return { ok: false, reason: 'too_large' };
    const instructions: Instruction[] = [];
    emit(node, ignoreCase, instructions);
    instructions.push({ op: 'match' });
    return { ok: true, program: { instructions, ignoreCase } };
  } catch (error) {
    if (error instanceof RegexRefusal) return { ok: false, reason: error.problem };
    throw error;
  }
}

/** Instructions after unrolling, at least one each, so that repeating nothing a billion times is refused as well. */
function sizeOf(node: RegexNode): number {
  switch (node.kind) {
    case 'sequence':
      return node.items.reduce((sum, item) => sum + sizeOf(item), 0);
    case 'choice':
      return node.options.reduce((sum, option) => sum + sizeOf(option) + 2, 0);
    case 'repeat': {
      const item = sizeOf(node.item);
      const optional = Number.isFinite(node.max) ? (node.max - node.min) * (item + 1) : item + 2;
      return Math.max(1, node.min * item + optional);
    }
    default:
      return 1;
  }
}

function emit(node: RegexNode, ignoreCase: boolean, out: Instruction[]): void {
  switch (node.kind) {
    case 'empty':
      return;
    case 'char':
      out.push({ op: 'char', unit: ignoreCase ? canonicalUnit(node.unit) : node.unit });
      return;
    case 'set':
      out.push({ op: 'set', set: charSet(node.set), negated: node.negated });
      return;
    case 'assert':
      out.push({ op: 'assert', at: node.at });
      return;
    case 'sequence':
      for (const item of node.items) emit(item, ignoreCase, out);
      return;
    case 'choice':
      emitChoice(node.options, ignoreCase, out);
      return;
    case 'repeat':
      emitRepeat(node.item, node.min, node.max, ignoreCase, out);
      return;
  }
}

function emitChoice(options: readonly RegexNode[], ignoreCase: boolean, out: Instruction[]): void {
  const exits: { to: number }[] = [];
  options.forEach((option, index) => {
    if (index === options.length - 1) {
      emit(option, ignoreCase, out);
      return;
    }
    const split = { op: 'split' as const, first: out.length + 1, second: 0 };
    out.push(split);
    emit(option, ignoreCase, out);
    const exit = { op: 'jump' as const, to: 0 };
    out.push(exit);
    exits.push(exit);
    split.second = out.length;
  });
  for (const exit of exits) exit.to = out.length;
}

function emitRepeat(item: RegexNode, min: number, max: number, ignoreCase: boolean, out: Instruction[]): void {
  for (let i = 0; i < min; i += 1) emit(item, ignoreCase, out);
  if (!Number.isFinite(max)) {
    const split = { op: 'split' as const, first: out.length + 1, second: 0 };
    const loop = out.length;
    out.push(split);
    emit(item, ignoreCase, out);
    out.push({ op: 'jump', to: loop });
    split.second = out.length;
    return;
  }
  const exits: { second: number }[] = [];
  for (let i = min; i < max; i += 1) {
    const split = { op: 'split' as const, first: out.length + 1, second: 0 };
    out.push(split);
    exits.push(split);
    emit(item, ignoreCase, out);
  }
  for (const exit of exits) exit.second = out.length;
}
