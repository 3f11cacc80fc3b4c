import { contains, isWordUnit } from './charset.ts';
import { canonicalUnit, containsAny, unitsLike } from './folding.ts';
import { REGEX_LIMITS } from './limits.ts';
import type { Instruction, RegexProgram } from './program.ts';
import type { Assertion } from './syntax.ts';

/** Counts the work of matches: instructions visited. Those that are counted by one meter have one bound together. */
export interface StepMeter {
  steps: number;
}

/** The instructions alive at one position; an instruction is listed at most once. */
interface Threads {
  readonly list: Int32Array;
  readonly seenAt: Int32Array;
  size: number;
}

/**
 * True when the pattern matches anywhere in the text, like RegExp.prototype.test. All alternatives advance together
 * (Thompson 1968; Cox 2007, swtch.com/~rsc/regexp), so the work is at most instructions × 3 × (text length + 1). Past
 * REGEX_LIMITS.steps, less what the meter has counted before, the match is given up: false.
 *
 * @param text at most REGEX_LIMITS.textLength code units; a longer text matches nothing
 */
export function testRegex(program: RegexProgram, text: string, meter?: StepMeter): boolean {
  const limit = REGEX_LIMITS.steps - (meter?.steps ?? 0);
  if (text.length > REGEX_LIMITS.textLength || limit <= 0) return false;
  const { instructions } = program;
  let current = newThreads(instructions.length);
  let following = newThreads(instructions.length);
  const stack = new Int32Array(2 * instructions.length + 2);
  let steps = 0;
  let matched = false;
  for (let at = 0; at <= text.length; at += 1) {
    const spent = follow(instructions, current, 0, text, at, stack);
    steps += Math.abs(spent);
    if (spent < 0) {
      matched = true;
      break;
    }
    if (at === text.length || steps > limit) break;
    const unit = text.charCodeAt(at);
    // Once a position: outside ASCII it costs more than all the rest of a step.
    const read: Read = program.ignoreCase
      ? { unit, canonical: canonicalUnit(unit), alike: unitsLike(unit) }
      : { unit, canonical: unit };
    following.size = 0;
    for (let i = 0; i < current.size; i += 1) {
      const pc = current.list[i]!;
      steps += 1;
      if (!consumes(instructions[pc]!, read)) continue;
      const cost = follow(instructions, following, pc + 1, text, at + 1, stack);
      steps += Math.abs(cost);
      if (cost < 0) {
        matched = true;
        break;
      }
    }
    if (matched) break;
    [current, following] = [following, current];
  }
  if (meter !== undefined) meter.steps += steps;
  return matched;
}

function newThreads(size: number): Threads {
  return { list: new Int32Array(size), seenAt: new Int32Array(size).fill(-1), size: 0 };
}

/**
 * Add an instruction and everything reachable from it without reading. Each instruction is entered once per position,
 * which is what keeps `(a+)+` linear.
 *
 * @returns instructions visited, negative when the end of the pattern was among them
 */
function follow(
  instructions: readonly Instruction[],
  threads: Threads,
  start: number,
  text: string,
  at: number,
  stack: Int32Array,
): number {
  let depth = 0;
  let steps = 0;
  stack[depth++] = start;
  while (depth > 0) {
    const pc = stack[--depth]!;
    steps += 1;
    if (threads.seenAt[pc] === at) continue;
    threads.seenAt[pc] = at;
    const instruction = instructions[pc]!;
    switch (instruction.op) {
      case 'match':
        return -steps;
      case 'jump':
        stack[depth++] = instruction.to;
        break;
      case 'split':
        stack[depth++] = instruction.second;
        stack[depth++] = instruction.first;
        break;
      case 'assert':
        if (holds(instruction.at, text, at)) stack[depth++] = pc + 1;
        break;
      default:
        threads.list[threads.size++] = pc;
    }
  }
  return steps;
}

/** One code unit of the text: as it stands, as it is compared, and without case all those that count as the same. */
interface Read {
  readonly unit: number;
  readonly canonical: number;
  readonly alike?: readonly number[];
}

function consumes(instruction: Instruction, { unit, canonical, alike }: Read): boolean {
  if (instruction.op === 'char') return instruction.unit === canonical;
  if (instruction.op !== 'set') return false;
  const inside = alike ? containsAny(instruction.set, alike) : contains(instruction.set, unit);
  return inside !== instruction.negated;
}

function holds(assertion: Assertion, text: string, at: number): boolean {
  if (assertion === 'start') return at === 0;
  if (assertion === 'end') return at === text.length;
  const before = at > 0 && isWordUnit(text.charCodeAt(at - 1));
  const after = at < text.length && isWordUnit(text.charCodeAt(at));
  return (before !== after) === (assertion === 'boundary');
}
