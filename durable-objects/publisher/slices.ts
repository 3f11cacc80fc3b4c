/** Slices, named by what they say. */
import type { CatalogManifest } from '../../decisioning/catalog/slice.ts';
import { hexOf } from '../shared/naming.ts';
import { MAX_ANSWER_BYTES, MAX_SLICE_BYTES, type NamedBody, type PutSlicesReply } from './protocol.ts';

/** A row holds at most 2 MB; half of that leaves room for its other columns. */
const CHUNK_BYTES = 1_024 * 1_024;
/** Statements bind at most 100 parameters. */
const MAX_BOUND = 100;

const encoder = new TextEncoder();
// A byte-order mark is part of what was hashed, so it is not swallowed.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A body whose bytes were seen to hash to its name. */
export interface CheckedBody {
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** SHA-256 of bytes as lower-case hex. */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return hexOf(digest);
}

/** Checks sizes and hashes, before any transaction: hashing waits. The first body that fails speaks for all. */
export async function checkBodies(
  bodies: readonly NamedBody[],
): Promise<readonly CheckedBody[] | Extract<PutSlicesReply, { outcome: 'refused' }>> {
  const checked: CheckedBody[] = [];
  for (const { hash, body } of bodies) {
    const bytes = encoder.encode(body);
    if (bytes.length > MAX_SLICE_BYTES) return { outcome: 'refused', reason: 'too_large', hash };
    if ((await sha256Hex(bytes)) !== hash) return { outcome: 'refused', reason: 'hash_mismatch', hash };
    checked.push({ hash, bytes });
  }
  return checked;
}

/** Stores what is not there yet; returns how many bodies that were. Runs inside the caller's transaction. */
export function storeSlices(sql: SqlStorage, bodies: readonly CheckedBody[]): number {
  let stored = 0;
  for (const { hash, bytes } of bodies) {
    if (missingOf(sql, [hash]).length === 0) continue;
    // The empty body has its one empty chunk, so that it is known to be there.
    for (let part = 0; part === 0 || part * CHUNK_BYTES < bytes.length; part += 1) {
      const chunk = bytes.slice(part * CHUNK_BYTES, (part + 1) * CHUNK_BYTES);
      sql.exec('INSERT INTO slices (hash, part, bytes) VALUES (?, ?, ?)', hash, part, chunk.buffer as ArrayBuffer);
    }
    stored += 1;
  }
  return stored;
}

/** Those of the hashes that no body is known for, each once. */
export function missingOf(sql: SqlStorage, hashes: readonly string[]): readonly string[] {
  const wanted = [...new Set(hashes)];
  const known = new Set<string>();
  for (let from = 0; from < wanted.length; from += MAX_BOUND) {
    const asked = wanted.slice(from, from + MAX_BOUND);
    const rows = sql.exec<{ hash: string }>(
      `SELECT hash FROM slices WHERE part = 0 AND hash IN (${asked.map(() => '?').join(', ')})`,
      ...asked,
    );
    for (const { hash } of rows) known.add(hash);
  }
  return wanted.filter((hash) => !known.has(hash));
}

/** Bodies by hash, in the order asked for, as many as one answer holds; unknown ones are left out. */
export function readSlices(
  sql: SqlStorage,
  hashes: readonly string[],
  maxBytes = MAX_ANSWER_BYTES,
): readonly NamedBody[] {
  const bodies: NamedBody[] = [];
  let answerBytes = 0;
  for (const hash of new Set(hashes)) {
    const chunks = sql
      .exec<{ bytes: ArrayBuffer }>('SELECT bytes FROM slices WHERE hash = ? ORDER BY part', hash)
      .toArray();
    if (chunks.length === 0) continue;
    answerBytes += chunks.reduce((sum, chunk) => sum + chunk.bytes.byteLength, 0);
    if (answerBytes > maxBytes) break;
    bodies.push({ hash, body: decoder.decode(joined(chunks.map((chunk) => chunk.bytes))) });
  }
  return bodies;
}

/** Everything a manifest names, the directory first. */
export function hashesOf({ directory, placements }: CatalogManifest): string[] {
  return [directory, ...Object.values(placements).flatMap(({ rules, contents }) => [rules, contents])];
}

function joined(chunks: readonly ArrayBuffer[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(new Uint8Array(chunk), at);
    at += chunk.byteLength;
  }
  return whole;
}
