/**
 * Which key is which, remembered per isolate. Revoking a key reaches every isolate within {@link FRESH_MS}; while the database is down a
 * key that was good keeps working for {@link GRACE_MS}. Module scope holds plain data only, never a promise: a promise belongs to the
 * request that made it.
 */

/** What the database knows of a key. */
export interface KeyFacts {
  readonly id: string;
  readonly workspaceId: string;
  readonly siteId: string;
  readonly type: 'publishable' | 'secret';
}

/** Looks a key up by the SHA-256 of its text, hex; undefined when there is none or it was revoked. */
export type KeyLookUp = (hash: string) => Promise<KeyFacts | undefined>;

/** How long an answer counts as current: the longest a revoked key lives on, and a new one stays unknown. */
export const FRESH_MS = 10_000;
/** How long a key that was good keeps working while the database does not answer. */
export const GRACE_MS = 60_000;
/** Keys remembered: 150 bytes each; random junk pushes out the oldest, never more than this. */
export const MAX_REMEMBERED = 5_000;

interface Remembered {
  readonly facts: KeyFacts | undefined;
  readonly atMs: number;
}

/** `pk_` or `sk_` and 32 or more letters and digits: at least 160 bits. Anything else is not looked up at all. */
const KEY_FORMAT = /^[ps]k_[A-Za-z0-9]{32,64}$/;

/** SHA-256 of a key, hex: the only form in which a key is stored. */
export async function hashKey(key: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Answers of the database by hash of the key, oldest first. */
export class KeyCache {
  readonly #byHash = new Map<string, Remembered>();

  /** The facts of a key, or undefined when it is unknown or revoked. Throws what `lookUp` throws when nothing recent is remembered. */
  async find(key: string, lookUp: KeyLookUp, nowMs: number): Promise<KeyFacts | undefined> {
    if (!KEY_FORMAT.test(key)) return undefined;
    const hash = await hashKey(key);
    const remembered = this.#byHash.get(hash);
    if (remembered && nowMs - remembered.atMs < FRESH_MS) return remembered.facts;
    try {
      const facts = await lookUp(hash);
      this.#remember(hash, { facts, atMs: nowMs });
      return facts;
    } catch (error) {
      if (remembered?.facts && nowMs - remembered.atMs < GRACE_MS) return remembered.facts;
      throw error;
    }
  }

  /** How many are remembered. */
  get size(): number {
    return this.#byHash.size;
  }

  #remember(hash: string, entry: Remembered): void {
    this.#byHash.delete(hash);
    this.#byHash.set(hash, entry);
    if (this.#byHash.size <= MAX_REMEMBERED) return;
    const oldest = this.#byHash.keys().next();
    if (!oldest.done) this.#byHash.delete(oldest.value);
  }
}

/** The isolate's own. */
export const keyCache = new KeyCache();
