/** Signed previews: a link that forces one arm of one campaign for whoever opens it, and counts nowhere. */
import { base64Url, fromBase64Url } from '../../durable-objects/shared/naming.ts';
import { equalInConstantTime, mac } from './mac.ts';
import { signingKey, tokenKey } from './token-keys.ts';

/** What a preview forces. */
export interface Preview {
  readonly campaignId: string;
  readonly armId: string;
  readonly expiresAtMs: number;
  /** Whoever has the link is told why, too. */
  readonly reasons?: true;
}

/** The keys that previews are signed with; part of `Env`. */
export interface PreviewSecrets {
  readonly TOKEN_KEYS: string;
}

/** Longest text that is looked at, as in the contract. */
const MAX_LENGTH = 1_024;

/** Signs a preview: `pv1.<kid>.<payload>.<mac>`. */
export async function signPreview(secrets: PreviewSecrets, workspaceId: string, preview: Preview): Promise<string> {
  const { kid, secret } = signingKey(secrets.TOKEN_KEYS);
  const { campaignId, armId, expiresAtMs, reasons } = preview;
  const fields = [campaignId, armId, expiresAtMs, ...(reasons ? [1] : [])];
  const payload = base64Url(new TextEncoder().encode(JSON.stringify(fields)));
  return `pv1.${kid}.${payload}.${mac(secret, 'preview', workspaceId, payload)}`;
}

/** The preview, or undefined when it was not signed here for this workspace, was altered, or has expired. */
export async function verifyPreview(
  secrets: PreviewSecrets,
  workspaceId: string,
  text: string,
  nowMs: number,
): Promise<Preview | undefined> {
  if (text.length > MAX_LENGTH) return undefined;
  const match = /^pv1\.([a-z0-9]{1,8})\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{22})$/.exec(text);
  if (!match) return undefined;
  const [, kid = '', payload = '', given = ''] = match;
  const key = tokenKey(secrets.TOKEN_KEYS, kid);
  // The signature is checked before anything of the payload is read.
  if (!key || !equalInConstantTime(given, mac(key.secret, 'preview', workspaceId, payload))) return undefined;
  const fields: unknown = JSON.parse(new TextDecoder().decode(fromBase64Url(payload) ?? new Uint8Array()));
  const [campaignId, armId, expiresAtMs, reasons] = fields as [string, string, number, 1?];
  if (expiresAtMs <= nowMs) return undefined;
  return { campaignId, armId, expiresAtMs, ...(reasons && { reasons: true as const }) };
}
