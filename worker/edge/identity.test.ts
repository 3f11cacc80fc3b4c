import { describe, expect, it } from 'vitest';
import {
  MAX_PROOF_LIFE_SECONDS,
  makeProof,
  mintAnonymousId,
  mintAnonymousIdFor,
  siteSecret,
  verifyAnonymousId,
  verifyProof,
} from './identity.ts';

const secrets = { TOKEN_KEYS: `k2:${'ab'.repeat(32)},k1:${'cd'.repeat(32)}`, SITE_SECRET_ROOT: 'ef'.repeat(32) };
const nowMs = Date.UTC(2026, 10, 22, 12);
const nowSeconds = nowMs / 1_000;

describe('proof of a customer id', () => {
  it('is what a server makes with its own HMAC', async () => {
    // node -e "crypto.createHmac('sha256', 'secret').update('crm-4711\\n1795349400').digest('base64url')"
    const made = '1795349400.DIHnx99IEWRyWgQugBoHYN96Sk2sIzbDsrQqyzLG05g';
    expect(await makeProof('secret', 'crm-4711', nowSeconds + 600)).toBe(made);
    expect(await verifyProof('secret', 'crm-4711', made, nowMs)).toBe(true);
  });

  it('holds for an hour ahead and a minute of clock skew, and not a second more', async () => {
    const check = async (exp: number) => verifyProof('secret', 'a', await makeProof('secret', 'a', exp), nowMs);
    expect(await check(nowSeconds + MAX_PROOF_LIFE_SECONDS + 60)).toBe(true);
    expect(await check(nowSeconds + MAX_PROOF_LIFE_SECONDS + 61)).toBe(false);
    expect(await check(nowSeconds + 1)).toBe(true);
    expect(await check(nowSeconds)).toBe(false);
  });

  it('refuses another customer, another secret, another expiry and any other text', async () => {
    const exp = nowSeconds + 600;
    const proof = await makeProof('secret', 'a', exp);
    expect(await verifyProof('secret', 'b', proof, nowMs)).toBe(false);
    expect(await verifyProof('other', 'a', proof, nowMs)).toBe(false);
    expect(await verifyProof('secret', 'a', proof.replace(String(exp), String(exp + 1)), nowMs)).toBe(false);
    for (const text of ['', '.', `${exp}`, `${exp}.`, `${proof}x`, ` ${proof}`, `1e9.${'A'.repeat(43)}`]) {
      expect(await verifyProof('secret', 'a', text, nowMs)).toBe(false);
    }
  });

  it('cannot move the line between id and expiry', async () => {
    const exp = nowSeconds + 600;
    const proof = await makeProof('secret', `a\n${exp}`, exp);
    expect(await verifyProof('secret', 'a', proof, nowMs)).toBe(false);
  });
});

describe('site secret', () => {
  it('differs by workspace, site and version and is the same every time', async () => {
    const all = await Promise.all([
      siteSecret(secrets, 'w', 's'),
      siteSecret(secrets, 'w', 's2'),
      siteSecret(secrets, 'w2', 's'),
      siteSecret(secrets, 'w', 's', 2),
      siteSecret(secrets, 'ws', ''),
    ]);
    expect(new Set(all).size).toBe(5);
    expect(all[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(await siteSecret(secrets, 'w', 's', 1)).toBe(all[0]);
  });
});

describe('anonymous id', () => {
  it('verifies in its own workspace only', async () => {
    const id = await mintAnonymousId(secrets, 'w');
    expect(id).toMatch(/^a1\.k2\.[\w-]{22}\.[\w-]{22}$/);
    expect(await verifyAnonymousId(secrets, 'w', id)).toBe(true);
    expect(await verifyAnonymousId(secrets, 'w2', id)).toBe(false);
  });

  it('is refused when any single character was altered', async () => {
    const id = await mintAnonymousId(secrets, 'w');
    for (let i = 0; i < id.length; i += 1) {
      const altered = `${id.slice(0, i)}${id[i] === 'A' ? 'B' : 'A'}${id.slice(i + 1)}`;
      expect(await verifyAnonymousId(secrets, 'w', altered), altered).toBe(false);
    }
  });

  it('outlives the replacement of the signing key and ends with its withdrawal', async () => {
    const old = await mintAnonymousId({ ...secrets, TOKEN_KEYS: `k1:${'cd'.repeat(32)}` }, 'w');
    expect(await verifyAnonymousId(secrets, 'w', old)).toBe(true);
    expect(await verifyAnonymousId({ ...secrets, TOKEN_KEYS: `k2:${'ab'.repeat(32)}` }, 'w', old)).toBe(false);
  });

  it('is the same for the same requestId of a site, and drawn anew without one', async () => {
    const first = await mintAnonymousIdFor(secrets, 'w', 's', 'r-1');
    expect(await mintAnonymousIdFor(secrets, 'w', 's', 'r-1')).toBe(first);
    expect(await mintAnonymousIdFor(secrets, 'w', 's', 'r-2')).not.toBe(first);
    expect(await mintAnonymousIdFor(secrets, 'w', 's2', 'r-1')).not.toBe(first);
    expect(await verifyAnonymousId(secrets, 'w', first)).toBe(true);
    expect(await mintAnonymousId(secrets, 'w')).not.toBe(await mintAnonymousId(secrets, 'w'));
  });
});
