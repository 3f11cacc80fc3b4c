/** New keys: the text for its owner, and the row for the database, which has only the hash. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { BootstrapKey } from '../db/bootstrap.ts';

/** Of 62 letters and digits: 190 bits. */
const KEY_LENGTH = 32;
/** Make 86 characters of base64, of which all but a few are letters or digits. */
const DRAWN_BYTES = 64;
/** Characters of a key that are kept to recognise it by: its prefix and five more. */
const HINT_LENGTH = 8;

export interface NewKey {
  /** `pk_…` or `sk_…`. */
  readonly key: string;
  readonly row: BootstrapKey;
}

/** Draws a key. */
export function newKey(type: BootstrapKey['type']): NewKey {
  const drawn = randomBytes(DRAWN_BYTES)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '');
  const key = `${type === 'secret' ? 'sk' : 'pk'}_${drawn.slice(0, KEY_LENGTH)}`;
  return { key, row: keyRow(type, key) };
}

/** The row of a key that exists already. */
export function keyRow(type: BootstrapKey['type'], key: string): BootstrapKey {
  const hash = createHash('sha256').update(key).digest('hex');
  return { id: `key_${randomUUID()}`, type, name: `first ${type} key`, hash, hint: key.slice(0, HINT_LENGTH) };
}

/** 128 bits in hex: the salt of a workspace's groups. */
export function newSalt(): string {
  return randomBytes(16).toString('hex');
}
