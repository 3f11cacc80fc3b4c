import type { CharSet } from './charset.ts';
import { complement, DIGITS, SPACES, WORD } from './charset.ts';
import { RegexRefusal } from './syntax.ts';

/** What a backslash stands for and where reading goes on. */
export interface Escape {
  readonly set?: CharSet;
  readonly unit?: number;
  readonly next: number;
}

const SETS: Readonly<Record<string, CharSet>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACES,
  S: complement(SPACES),
};
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

/**
 * Read the escape whose backslash is at `at`; `\b` and `\B` outside a class are the caller's. Letters without a meaning
 * stand for themselves, as in JavaScript without the u flag. What would need memory (`\1`, `\k`), octal digits, `\p{…}`
 * and unfinished `\c` are refused rather than misread.
 */
export function readEscape(pattern: string, at: number, insideClass: boolean): Escape {
  const letter = pattern[at + 1];
  if (letter === undefined) throw new RegexRefusal('trailing_backslash');
  const next = at + 2;
  const set = Object.hasOwn(SETS, letter) ? SETS[letter] : undefined;
  if (set !== undefined) return { set, next };
  const control = Object.hasOwn(CONTROLS, letter) ? CONTROLS[letter] : undefined;
  if (control !== undefined) return { unit: control, next };
  if (letter === 'x') return readHex(pattern, next, 2, letter);
  if (letter === 'u') return readHex(pattern, next, 4, letter);
  if (letter >= '0' && letter <= '9') return readDigit(pattern, next, letter, insideClass);
  if (letter === 'k') throw new RegexRefusal('backreference');
  if (letter === 'c') return readControl(pattern, next);
  if ((letter === 'p' || letter === 'P') && pattern[next] === '{') throw new RegexRefusal('unsupported_escape');
  if (letter === 'b' && insideClass) return { unit: 8, next };
  return { unit: letter.charCodeAt(0), next };
}

function readHex(pattern: string, start: number, digits: number, letter: string): Escape {
  const hex = pattern.slice(start, start + digits);
  if (hex.length === digits && /^[0-9a-fA-F]+$/.test(hex))
    return { unit: Number.parseInt(hex, 16), next: start + digits };
  return { unit: letter.charCodeAt(0), next: start };
}

function readDigit(pattern: string, next: number, letter: string, insideClass: boolean): Escape {
  const following = pattern[next] ?? '';
  const followedByDigit = following >= '0' && following <= '9';
  if (letter === '0' && !followedByDigit) return { unit: 0, next };
  throw new RegexRefusal(letter === '0' || insideClass ? 'unsupported_escape' : 'backreference');
}

function readControl(pattern: string, start: number): Escape {
  const letter = pattern[start] ?? '';
  if (!/^[A-Za-z]$/.test(letter)) throw new RegexRefusal('unsupported_escape');
  return { unit: letter.charCodeAt(0) % 32, next: start + 1 };
}
