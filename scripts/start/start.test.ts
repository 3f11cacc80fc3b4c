import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { whatIsMissing } from '../install.mjs';
import { ensureDemoKeys } from './demo-keys.ts';
import { freePort } from './port.ts';
import { declareRunning, findRunning } from './running.ts';
import { ensureSecrets } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'start-'));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

describe('ensureSecrets', () => {
  test('draws what is missing and leaves what is there, also without a last line end', () => {
    const file = path('vars');
    writeFileSync(file, 'TOKEN_KEYS=k1:aa\n# mine\nOTHER=1');
    ensureSecrets(file);
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.slice(0, 3)).toEqual(['TOKEN_KEYS=k1:aa', '# mine', 'OTHER=1']);
    expect(lines[3]).toMatch(/^NAMING_SECRET=[0-9a-f]{64}$/);
    expect(lines[4]).toMatch(/^SITE_SECRET_ROOT=[0-9a-f]{64}$/);
  });

  test('a new file is readable by its owner alone, and a second time changes nothing', () => {
    const file = path('new-vars');
    ensureSecrets(file);
    const first = readFileSync(file, 'utf8');
    expect(first).toMatch(/^TOKEN_KEYS=k1:[0-9a-f]{64}$/m);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    ensureSecrets(file);
    expect(readFileSync(file, 'utf8')).toBe(first);
  });
});

describe('ensureDemoKeys', () => {
  test('keeps the keys over a change of port; the file is readable by its owner alone', () => {
    const file = path('.hyperedge/demo.json');
    const first = ensureDemoKeys(file, 'http://localhost:1');
    expect(first.publishableKey).toMatch(/^pk_[A-Za-z0-9]{32}$/);
    expect(first.secretKey).toMatch(/^sk_[A-Za-z0-9]{32}$/);
    expect(ensureDemoKeys(file, 'http://localhost:2')).toEqual({ ...first, url: 'http://localhost:2' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('a file of another shape is replaced', () => {
    const file = path('odd.json');
    writeFileSync(file, '{"workspace":"demo"}');
    expect(ensureDemoKeys(file, 'http://localhost:1').secretKey).toMatch(/^sk_/);
  });
});

describe('freePort', () => {
  test('takes the wanted port when it is free, the next when it is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    expect(await freePort(port)).toBeGreaterThan(port);
    await new Promise((resolve) => server.close(resolve));
    expect(await freePort(port)).toBe(port);
  });
});

describe('one runtime per folder', () => {
  test('a living one is found, a dead or unreadable one is not, an ended one leaves nothing', () => {
    const file = path('running.json');
    expect(findRunning(file)).toBeUndefined();
    const undeclare = declareRunning(file, 'http://localhost:1');
    expect(findRunning(file)).toEqual({ pid: process.pid, url: 'http://localhost:1' });
    undeclare();
    expect(existsSync(file)).toBe(false);
    // No system gives out process numbers this large.
    writeFileSync(file, '{"pid":2147483646,"url":""}');
    expect(findRunning(file)).toBeUndefined();
    writeFileSync(file, 'half');
    expect(findRunning(file)).toBeUndefined();
  });
});

describe('whatIsMissing', () => {
  const lock = (packages: object) => JSON.stringify({ packages: { '': {}, ...packages } });

  test('this project is installed as its lockfile says, and an empty folder is not', () => {
    expect(whatIsMissing()).toBeUndefined();
    expect(whatIsMissing({ wanted: lock({}), installed: undefined })).toBe('nothing is installed yet');
  });

  test.each([
    ['the same versions', { 'node_modules/a': { version: '1.0.0' } }, undefined],
    ['another version', { 'node_modules/a': { version: '2.0.0' } }, 'a is 2.0.0, not 1.0.0'],
    ['no such package', {}, 'a is missing'],
  ])('%s', (_, installed, reason) => {
    const wanted = lock({
      'node_modules/a': { version: '1.0.0' },
      'node_modules/@other/system': { version: '1.0.0', optional: true },
    });
    expect(whatIsMissing({ wanted, installed: lock(installed) })).toBe(reason);
  });
});
