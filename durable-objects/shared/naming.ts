/**
 * Names of objects: HMAC(workspace naming secret, kind ‖ id), so that no raw customer id ever appears in a name, a log or another
 * object. The naming secret is never rotated (every object would be lost) and has nothing to do with keys or tokens.
 */

import { shortHmac } from './short-hmac.ts';

const encoder = new TextEncoder();
/** 128 bits keep two customers apart with certainty for any number of customers. */
const NAME_BYTES = 16;
/** Imported keys by secret: importing costs as much as signing. A worker has one naming secret. */
const importedKeys = new Map<string, CryptoKey>();
const MAX_IMPORTED_KEYS = 16;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
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

async function importKey(secret: string): Promise<CryptoKey> {
  const known = importedKeys.get(secret);
  if (known) return known;
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ]);
  if (importedKeys.size >= MAX_IMPORTED_KEYS) importedKeys.clear();
  importedKeys.set(secret, key);
  return key;
}

/** HMAC-SHA256 of parts that are joined unambiguously (each prefixed by its length). */
export async function hmac(secret: string, ...parts: readonly string[]): Promise<Uint8Array> {
  let message = '';
  for (const part of parts) message += `${part.length}:${part}`;
  const short = shortHmac(secret, message);
  if (short) return short;
  return new Uint8Array(await crypto.subtle.sign('HMAC', await importKey(secret), encoder.encode(message)));
}

export type ObjectKind = 'customer' | 'shard' | 'root' | 'publisher' | 'budget';

/** The name of an object: 22 characters of base64url. */
export async function objectName(
  namingSecret: string,
  workspaceId: string,
  kind: ObjectKind,
  ...id: readonly string[]
): Promise<string> {
  return base64Url((await hmac(namingSecret, workspaceId, kind, ...id)).subarray(0, NAME_BYTES));
}
