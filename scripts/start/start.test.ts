import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findRunning } from '../../cli/local.ts';
import { installLine, whatIsMissing } from '../install.mjs';
import { clip } from '../terminal.mjs';
import { unfulfilled } from './already.ts';
import { ensureDemoKeys } from './demo-keys.ts';
import { choosePort, namedPort } from './port.ts';
import { declareRunning } from './running.ts';
import { panel } from './screen.ts';
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

/** A port of this machine that is taken until the test ends. */
async function takePort() {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { port, release: () => new Promise((resolve) => server.close(resolve)) };
}

describe('the port', () => {
  test('the usual one is used when it is free; when it is taken, the next', async () => {
    const { port, release } = await takePort();
    expect(await choosePort(undefined, port)).toBeGreaterThan(port);
    await release();
    expect(await choosePort(undefined, port)).toBe(port);
  });

  test('one that was named is kept, or refused when it is taken: no other is used in its place', async () => {
    const { port, release } = await takePort();
    await expect(choosePort(port)).rejects.toThrow(`Port ${port} is taken`);
    await release();
    expect(await choosePort(port)).toBe(port);
  });

  test('is named by --port, else by PORT, else by nobody', () => {
    expect(namedPort('9000', '9001')).toBe(9000);
    expect(namedPort(undefined, '9001')).toBe(9001);
    expect(namedPort(undefined, undefined)).toBeUndefined();
    expect(namedPort(undefined, '')).toBeUndefined();
  });

  test.each(['', '0', '65536', '-1', '1e3', 'http', '8787.5'])('"%s" is none', (text) => {
    expect(() => namedPort(text, undefined)).toThrow(`--port "${text}" is not a port`);
  });
});

describe('lines of the terminal', () => {
  test.each([
    [10, 'short', 'short'],
    [6, 'short', 'short'],
    [5, 'short', 'sho…'],
    [1, 'short', '…'],
  ])('at %i columns "%s" is "%s": the last column stays free', (columns, text, shown) => {
    expect(clip(text, columns)).toBe(shown);
  });

  test('the line of an install fits into 60 columns with its seconds, and says for how long only the first time', () => {
    expect(installLine('nothing is installed yet', 100)).toBe('  Installing packages, about half a minute  100 s');
    expect(installLine('zod is 1.0.0, not 2.0.0', 3)).toBe('  Installing packages: zod is 1.0.0, not 2.0.0  3 s');
    expect(installLine('nothing is installed yet', 100).length).toBeLessThan(60);
  });

  test('values stand in one column over all groups of a panel', () => {
    const lines = panel([[['Demo shop', 'a']], [['Log', 'b']]]).split('\n');
    expect(lines).toEqual(['  Demo shop  a', '', '  Log        b']);
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

describe('a start beside one that runs', () => {
  const running = { pid: 7, url: 'http://localhost:8787' };

  test.each([
    ['nothing', {}],
    ['the port that it has', { port: 8787 }],
    ['no edge', { edge: false }],
  ])('that wishes for %s has what it wants', (_, wishes) => {
    expect(unfulfilled(running, wishes)).toEqual([]);
  });

  test('is told of another port and of an edge that is not there, and which process to end', () => {
    const [port, edge] = unfulfilled(running, { port: 9000, edge: true });
    expect(port).toMatch(/^Port 9000 is not used: .*kill 7/);
    expect(edge).toMatch(/^Not filled at the edge: .*kill 7/);
    expect(unfulfilled({ ...running, edgeUrl: 'http://localhost:8788' }, { edge: true })).toEqual([]);
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
