/**
 * Names of objects: HMAC(workspace naming secret, kind ‖ id), so that no raw customer id ever appears in a name, a log or another
 * object. The naming secret is never rotated (every object would be lost) and has nothing to do with keys or tokens.
 */

import { hmacOfParts, hmacOfText, sha256OfText } from './hmac.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const HEX_CODES = Uint8Array.from('0123456789abcdef', (letter) => letter.charCodeAt(0));
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Base64url without padding. By hand: a decision writes some of them, of 16 bytes each, and a table is a fifth of `btoa` with its replacements. */
export function base64Url(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    text += ALPHABET.charAt(a >> 2) + ALPHABET.charAt(((a & 3) << 4) | ((b ?? 0) >> 4));
    if (b !== undefined) text += ALPHABET.charAt(((b & 15) << 2) | ((c ?? 0) >> 6));
    if (c !== undefined) text += ALPHABET.charAt(c & 63);
  }
  return text;
}

/** Two hex digits a byte, in small letters. */
export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** Bytes of a base64url text, undefined when it is not one. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** HMAC-SHA256 of parts that are joined unambiguously (each prefixed by its length). */
export function hmac(secret: string, ...parts: readonly string[]): Uint8Array {
  return bytesOf(hmacOfParts(secret, parts));
}

/** The same of one text as it is, which the keeper of a proof's secret signs. */
export function hmacOf(secret: string, text: string): Uint8Array {
  return bytesOf(hmacOfText(secret, text));
}

function bytesOf(words: Int32Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setInt32(i * 4, word);
  return bytes;
}

/** The first 128 bits of the same as base64url, 22 characters: what object names, ids and message authentication codes are. */
export function hmacText(secret: string, ...parts: readonly string[]): string {
  return textOf(hmacOfParts(secret, parts));
}

/** Both halves of the same: the first 128 bits as base64url, the others as 32 hex digits. Who has the one knows nothing of the other. */
export function hmacHalves(
  secret: string,
  ...parts: readonly string[]
): { readonly text: string; readonly hex: string } {
  const words = hmacOfParts(secret, parts);
  return {
    text: textOf(words),
    hex: hexWord(words[4]!) + hexWord(words[5]!) + hexWord(words[6]!) + hexWord(words[7]!),
  };
}

const drawn = new Int32Array(4);

/** 128 random bits as base64url, 22 characters. */
export function randomText(): string {
  return textOf(crypto.getRandomValues(drawn));
}

/** SHA-256 of a short text, in small letters: at once, where the platform's answers later. Of some kilobytes the platform's is quicker. */
export function digestHex(text: string): string {
  let hex = '';
  for (const word of sha256OfText(text)) hex += hexWord(word);
  return hex;
}

/** Four bits as the code of their digit. */
const digit = (bits: number): number => HEX_CODES[bits & 15] as number;

function hexWord(word: number): string {
  return String.fromCharCode(
    digit(word >>> 28),
    digit(word >>> 24),
    digit(word >>> 20),
    digit(word >>> 16),
    digit(word >>> 12),
    digit(word >>> 8),
    digit(word >>> 4),
    digit(word),
  );
}

/** Six bits as the code of their letter. */
const letter = (bits: number): number => CODES[bits & 63] as number;

/** 128 bits in one go: put together of parts it would be walked through again wherever it is read. */
function textOf(words: Int32Array): string {
  const a = words[0]!;
  const b = words[1]!;
  const c = words[2]!;
  const d = words[3]!;
  return String.fromCharCode(
    letter(a >>> 26),
    letter(a >>> 20),
    letter(a >>> 14),
    letter(a >>> 8),
    letter(a >>> 2),
    letter((a << 4) | (b >>> 28)),
    letter(b >>> 22),
    letter(b >>> 16),
    letter(b >>> 10),
    letter(b >>> 4),
    letter((b << 2) | (c >>> 30)),
    letter(c >>> 24),
    letter(c >>> 18),
    letter(c >>> 12),
    letter(c >>> 6),
    letter(c),
    letter(d >>> 26),
    letter(d >>> 20),
    letter(d >>> 14),
    letter(d >>> 8),
    letter(d >>> 2),
    letter(d << 4),
  );
}

export type ObjectKind = 'customer' | 'shard' | 'root' | 'publisher' | 'budget';

/** The name of an object: 22 characters of base64url; 128 bits keep two customers apart with certainty for any number of customers. */
export function objectName(
  namingSecret: string,
  workspaceId: string,
  kind: ObjectKind,
  ...id: readonly string[]
): string {
  return hmacText(namingSecret, workspaceId, kind, ...id);
}
