import { describe, expect, it } from 'vitest';
import { signPreview, verifyPreview } from './preview.ts';
import { tokenKeys } from './token-keys.ts';

const secrets = { TOKEN_KEYS: `k1:${'ab'.repeat(32)}` };
const preview = { campaignId: 'spring-sale', armId: 'free-shipping', expiresAtMs: 2_000 };

describe('signed preview', () => {
  it('gives back what was signed until the millisecond it expires', async () => {
    const text = await signPreview(secrets, 'w', preview);
    expect(await verifyPreview(secrets, 'w', text, 1_999)).toEqual(preview);
    expect(await verifyPreview(secrets, 'w', text, 2_000)).toBeUndefined();
  });

  it('is refused in another workspace and with another key', async () => {
    const text = await signPreview(secrets, 'w', preview);
    expect(await verifyPreview(secrets, 'w2', text, 0)).toBeUndefined();
    expect(await verifyPreview({ TOKEN_KEYS: `k1:${'cd'.repeat(32)}` }, 'w', text, 0)).toBeUndefined();
  });

  it('is refused when any single character was altered, and when it is none at all', async () => {
    const text = await signPreview(secrets, 'w', preview);
    for (let i = 0; i < text.length; i += 1) {
      const altered = `${text.slice(0, i)}${text[i] === 'A' ? 'B' : 'A'}${text.slice(i + 1)}`;
      expect(await verifyPreview(secrets, 'w', altered, 0), altered).toBeUndefined();
    }
    for (const none of ['', 'pv1.k1..', 'x'.repeat(5_000), `${text}.`]) {
      expect(await verifyPreview(secrets, 'w', none, 0)).toBeUndefined();
    }
  });
});

describe('token keys', () => {
  it('signs with the first and refuses what is no list of keys', () => {
    expect(tokenKeys(`k2:${'a'.repeat(64)},k1:${'b'.repeat(64)}`).map((key) => key.kid)).toEqual(['k2', 'k1']);
    for (const text of ['', 'k1', 'k1:abc', `k1:${'a'.repeat(63)}`, `k1:${'a'.repeat(64)},`, `K1:${'a'.repeat(64)}`]) {
      expect(() => tokenKeys(text), text).toThrow('TOKEN_KEYS');
    }
  });
});
