/** Which secret is no good is told by name in the log, and its value never. */
import { expect, test, vi } from 'vitest';
import { requireSecrets } from './secrets.ts';

const HEX = 'ab'.repeat(32);
const SOUND = { NAMING_SECRET: HEX, TOKEN_KEYS: `k1:${HEX}`, SITE_SECRET_ROOT: HEX };

function toldOf(secrets: object): readonly string[] {
  const lines: string[] = [];
  const spies = (['log', 'error'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((line: unknown) => void lines.push(String(line))),
  );
  try {
    requireSecrets(secrets as Env);
    return lines;
  } catch (error) {
    expect(error).toMatchObject({ name: 'Unavailable' });
    return lines;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

test.each([
  [{ ...SOUND, NAMING_SECRET: undefined }, 'NAMING_SECRET', 'missing'],
  [{ ...SOUND, NAMING_SECRET: HEX.slice(1) }, 'NAMING_SECRET', 'malformed'],
  [{ ...SOUND, TOKEN_KEYS: '' }, 'TOKEN_KEYS', 'missing'],
  [{ ...SOUND, TOKEN_KEYS: 'k2=nothex' }, 'TOKEN_KEYS', 'malformed'],
  [{ ...SOUND, SITE_SECRET_ROOT: 'nothex' }, 'SITE_SECRET_ROOT', 'malformed'],
])('%#: a secret that is %j is told as %s, %s', (secrets, secret, flaw) => {
  const lines = toldOf(secrets);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'error', secret, flaw });
  expect(lines[0]).not.toMatch(/nothex|abab/);
});

test('sound ones are told of nothing', () => {
  expect(toldOf(SOUND)).toEqual([]);
});
