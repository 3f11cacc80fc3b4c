/** Keys of sites: made, listed, revoked. The text of a key leaves this file once, in the answer to its creation. */
import { database } from '../../db/database.ts';
import { findDraft } from '../../db/queries/drafts.ts';
import { findKey, insertKey, type KeyRow, listSiteKeys, MAX_LISTED_KEYS, revokeKey } from '../../db/queries/keys.ts';
import { hashKey } from '../edge/keys.ts';
import { type Checked, refused } from '../http/problem.ts';
import type { Caller } from './release.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 32 of 62 characters are 190 random bits. */
const KEY_LENGTH = 32;
/** Characters after the prefix that are kept to recognise a key by: 24 of its 190 bits. */
const HINT_LENGTH = 4;
const ID_LENGTH = 16;

/** Uniform letters and digits: bytes from 248 on are thrown away, since 256 is no multiple of 62. */
function randomText(length: number): string {
  let text = '';
  // A byte is taken with 31 chances in 32: a handful of rounds at the very most.
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < 248 && text.length < length) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
}

/** A new key of a site. Refused for unknown sites, and for sites with as many keys as are ever listed. */
export async function createKey(
  caller: Caller,
  siteId: string,
  type: 'publishable' | 'secret',
  name: string,
): Promise<Checked<{ readonly key: string; readonly row: KeyRow }>> {
  const { env, workspaceId, actor, nowMs } = caller;
  const db = database(env.DB);
  if (!(await findDraft(db, workspaceId, 'site', siteId))) return refused('not_found', `There is no site "${siteId}"`);
  if ((await listSiteKeys(db, workspaceId, siteId)).length >= MAX_LISTED_KEYS)
    return refused('invalid_request', `A site has at most ${MAX_LISTED_KEYS} keys, revoked ones included`);
  const key = `${type === 'secret' ? 'sk' : 'pk'}_${randomText(KEY_LENGTH)}`;
  const row: KeyRow = {
    id: `key_${randomText(ID_LENGTH)}`,
    workspaceId,
    siteId,
    type,
    name,
    hash: await hashKey(key),
    hint: key.slice(0, 3 + HINT_LENGTH),
    createdAt: nowMs,
    revokedAt: null,
  };
  const changes = JSON.stringify([{ path: '/key', after: { site: siteId, type, name, hint: row.hint } }]);
  await insertKey(db, row, { at: nowMs, actor, action: 'create_key', kind: 'key', subject: row.id, changes });
  return { ok: true, value: { key, row } };
}

/** Revokes a key for ever; serving workers follow within 10 seconds. Repeating it changes nothing. */
export async function revoke(caller: Caller, keyId: string): Promise<Checked<undefined>> {
  const { env, workspaceId, actor, nowMs } = caller;
  const db = database(env.DB);
  const row = await findKey(db, workspaceId, keyId);
  if (!row) return refused('not_found', 'There is no key with this id');
  if (row.revokedAt !== null) return { ok: true, value: undefined };
  const changes = JSON.stringify([{ path: '/revokedAt', before: null, after: new Date(nowMs).toISOString() }]);
  await revokeKey(db, workspaceId, keyId, {
    at: nowMs,
    actor,
    action: 'revoke_key',
    kind: 'key',
    subject: keyId,
    changes,
  });
  return { ok: true, value: undefined };
}
