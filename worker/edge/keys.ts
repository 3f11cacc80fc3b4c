/**
 * Which key is which. Revoking a key reaches every isolate within 10 s; while the database is down a key that was good keeps working
 * for a minute.
 */
import { findKeyByHash, type KeyOwner } from '../../db/queries/lookups.ts';
import { fields, oneOf, text } from '../../decisioning/catalog/shape.ts';
import { digestHex } from '../../durable-objects/shared/naming.ts';
import type { Deadline } from '../http/deadline.ts';
import { Unavailable } from '../http/unavailable.ts';
import { RecentAnswers } from './recent-answers.ts';

export type { KeyOwner };

/** `pk_` or `sk_` and 32 or more letters and digits: at least 160 bits. Anything else is not looked up at all. */
const KEY_FORMAT = /^[ps]k_[A-Za-z0-9]{32,64}$/;

/** By hash: not even this isolate's memory holds the text of a key. */
const recentKeys = new RecentAnswers<KeyOwner>();

/** SHA-256 of a key, hex: the only form in which a key is stored. */
export function hashKey(key: string): string {
  return digestHex(key);
}

const ownerShape = fields({ id: text, workspaceId: text, siteId: text, type: oneOf('publishable', 'secret') });

/** A row that is no key's is no answer: nobody is let in, or kept out, by it. */
async function lookUp(d1: D1Database, hash: string): Promise<KeyOwner | undefined> {
  const owner = await findKeyByHash(d1, hash);
  if (owner !== undefined && ownerShape(owner, '') !== undefined) throw new Unavailable('d1');
  return owner;
}

/** Forgets all keys, as a new isolate would have it. */
export function forgetKeys(): void {
  recentKeys.clear();
}

/**
 * What a key stands for; undefined when it is unknown or revoked. Throws {@link Unavailable} when nobody can tell.
 *
 * @param mayLookUp asked before the database is
 */
export function findKey(
  d1: D1Database,
  key: string,
  nowMs: number,
  deadline: Deadline,
  mayLookUp: () => boolean = () => true,
): KeyOwner | undefined | Promise<KeyOwner | undefined> {
  if (!KEY_FORMAT.test(key)) return undefined;
  const hash = hashKey(key);
  const known = recentKeys.fresh(hash, nowMs);
  if (known) return known.answer;
  const looking = async () => {
    if (!mayLookUp()) throw new Unavailable('d1');
    return lookUp(d1, hash);
  };
  return recentKeys.find(hash, looking, nowMs, deadline).catch(() => {
    throw new Unavailable('d1');
  });
}
