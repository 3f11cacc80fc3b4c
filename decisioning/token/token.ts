/**
 * The decision token: the decision's record, signed. `ht1.<key id>.<payload>.<mac>`; the payload is the base64url of a JSON array in
 * a fixed order. Whoever holds it can report exposure and outcomes of exactly this decision, and nothing else.
 */
import type { DecisionRecord } from '../record.ts';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';

/** Signs and verifies; the secret and the clock stay with the host. */
export interface TokenSigner {
  /** Signs with the first of the live keys. */
  readonly sign: (message: string) => string;
  /** In constant time; false for a key id that is not live. */
  readonly verify: (keyId: string, message: string, mac: string) => boolean;
  /** The key id that `sign` uses: it is part of what is signed. */
  readonly keyId: string;
  /** The host's own base64url of ASCII, where it has one that is quicker than {@link encodeBase64Url}: the same text. */
  readonly encode?: (ascii: string) => string;
}

const PREFIX = 'ht1';
/** The longest record (of a decision that nobody stored: every id at its limit, a session id that is all escapes, 31 features, a moment to send) takes 1,980: a longer token would not come back. */
export const MAX_TOKEN_LENGTH = 2_048;

/** Fields in the order in which they travel. Append only, and raise the prefix when a meaning changes. */
const FIELDS = [
  'decisionId',
  'workspaceId',
  'siteId',
  'customer',
  'bucketingId',
  'placement',
  'campaignId',
  'armId',
  'leaf',
  'goal',
  'goalWindowMs',
  'channel',
  'countsTowardGlobal',
  'atMs',
  'claimExpiresAtMs',
  'expiresAtMs',
  'propensityCampaign',
  'propensityArm',
  'sticky',
  'periodKey',
  'stickyUntilMs',
  'shard',
  'measuresLift',
  'revision',
] as const satisfies readonly (keyof DecisionRecord)[];

/** Fields that a record may lack, after the others; null stands for a missing one, and missing ones at the end do not travel. Append only. */
const OPTIONAL_FIELDS = ['features', 'sendAtMs', 'known'] as const satisfies readonly (keyof DecisionRecord)[];

type Missing = Exclude<keyof DecisionRecord, (typeof FIELDS)[number] | (typeof OPTIONAL_FIELDS)[number]>;
/** Fails to compile when a field of the record would not travel. */
const everyFieldTravels: Missing extends never ? true : never = true;

/** Makes a token of a record. */
export function encodeToken(record: DecisionRecord, signer: TokenSigner): string {
  const { keyId, encode = encodeBase64Url } = signer;
  const message = `${PREFIX}.${keyId}.${encode(asciiJson(valuesOf(record)))}`;
  return `${message}.${signer.sign(message)}`;
}

/** {@link FIELDS} in their order, written down (a loop over names takes thirty times as long), and the optional ones up to the last that is there. */
function valuesOf(record: DecisionRecord): readonly unknown[] {
  const values: unknown[] = [
    record.decisionId,
    record.workspaceId,
    record.siteId,
    record.customer,
    record.bucketingId,
    record.placement,
    record.campaignId,
    record.armId,
    record.leaf,
    record.goal,
    record.goalWindowMs,
    record.channel,
    record.countsTowardGlobal ? 1 : 0,
    record.atMs,
    record.claimExpiresAtMs,
    record.expiresAtMs,
    record.propensityCampaign,
    record.propensityArm,
    record.sticky ? 1 : 0,
    record.periodKey,
    record.stickyUntilMs,
    record.shard,
    record.measuresLift ? 1 : 0,
    record.revision,
  ];
  const { features, sendAtMs, known } = record;
  if (features === undefined && sendAtMs === undefined && known === undefined) return values;
  values.push(features ?? null);
  if (sendAtMs === undefined && known === undefined) return values;
  values.push(sendAtMs ?? null);
  if (known !== undefined) values.push(known);
  return values;
}

/**
 * The record of a token, or undefined when it is not one of ours. The signature is checked before anything in it is parsed. Expiry is
 * the caller's to judge: an exposure may be late, an outcome may not.
 */
export function decodeToken(token: string, signer: TokenSigner): DecisionRecord | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  const [prefix, keyId, payload, mac, ...more] = token.split('.');
  if (prefix !== PREFIX || !keyId || !payload || !mac || more.length > 0) return undefined;
  if (!signer.verify(keyId, `${PREFIX}.${keyId}.${payload}`, mac)) return undefined;
  const text = decodeBase64Url(payload);
  if (text === undefined) return undefined;
  const values: unknown = JSON.parse(text);
  // The signature says that we wrote it: anything else than our own array is a broken invariant of an older version.
  if (!Array.isArray(values) || values.length < FIELDS.length || !everyFieldTravels) return undefined;
  const record: Record<string, unknown> = {};
  FIELDS.forEach((field, index) => {
    record[field] = BOOLEANS.has(field) ? values[index] === 1 : values[index];
  });
  OPTIONAL_FIELDS.forEach((field, index) => {
    const value: unknown = values[FIELDS.length + index];
    if (value !== undefined && value !== null) record[field] = value;
  });
  return record as unknown as DecisionRecord;
}

const BOOLEANS: ReadonlySet<string> = new Set([
  'countsTowardGlobal',
  'sticky',
  'measuresLift',
] satisfies (keyof DecisionRecord)[]);

const NOT_ASCII = /[\u007f-\uffff]/;
const ALL_NOT_ASCII = /[\u007f-\uffff]/g;

/** JSON in which everything outside ASCII is escaped. */
function asciiJson(value: unknown): string {
  const json = JSON.stringify(value);
  // Ids mostly have nothing else, and looking costs less than replacing nothing.
  if (!NOT_ASCII.test(json)) return json;
  return json.replace(ALL_NOT_ASCII, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
