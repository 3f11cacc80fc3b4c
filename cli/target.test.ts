import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { chooseTarget } from './target.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder as `npm start` leaves it: of a demo that runs at `url`, or of one that ran before. */
function folderOf(url?: string, pid = process.pid): string {
  const folder = mkdtempSync(join(tmpdir(), 'target-'));
  folders.push(folder);
  writeFileSync(join(folder, 'demo.json'), JSON.stringify({ secretKey: 'sk_demo', url: 'http://localhost:8787' }));
  if (url !== undefined) writeFileSync(join(folder, 'running.json'), JSON.stringify({ pid, url }));
  return folder;
}

const DEMO = 'http://localhost:8788';
const NO_PROCESS = 2_147_483_646;

describe('the address', () => {
  test('of the demo that runs here is taken when none is named, whatever its port', () => {
    expect(chooseTarget({ site: undefined, key: 'sk_demo' }, folderOf(DEMO))).toEqual({
      site: DEMO,
      secretKey: 'sk_demo',
    });
  });

  test('that is named comes first, its slashes at the end left out', () => {
    const wishes = { site: 'https://edge.example//', key: 'sk_mine' };
    expect(chooseTarget(wishes, folderOf(DEMO))).toEqual({ site: 'https://edge.example', secretKey: 'sk_mine' });
  });

  test.each([
    ['nothing runs', () => folderOf()],
    ['what ran was killed', () => folderOf(DEMO, NO_PROCESS)],
    ['the file tells of no address', () => folderOf('nowhere')],
  ])('has no default when %s', (_, folder) => {
    expect(() => chooseTarget({ site: undefined, key: 'sk_mine' }, folder())).toThrow('--site or HYPEREDGE_SITE');
  });

  test.each(['shop', 'localhost:8787', 'file:///etc'])('%s is none', (site) => {
    expect(() => chooseTarget({ site, key: 'sk_mine' }, folderOf())).toThrow(`"${site}" is not an address`);
  });
});

describe("the demo's key", () => {
  test.each([DEMO, 'http://127.0.0.1:8788', `${DEMO}/`])('goes to the running demo as %s', (site) => {
    expect(chooseTarget({ site, key: 'sk_demo' }, folderOf(DEMO)).secretKey).toBe('sk_demo');
  });

  test.each([
    ['another port', 'http://localhost:8787', DEMO],
    ['another machine', 'https://edge.example', DEMO],
    ['where the demo was before', 'http://localhost:8787', undefined],
  ])('goes not to %s', (_, site, runsAt) => {
    expect(() => chooseTarget({ site, key: 'sk_demo' }, folderOf(runsAt))).toThrow(`not sent to ${site}`);
  });

  test('is named where no key is set', () => {
    expect(() => chooseTarget({ site: DEMO, key: '' }, folderOf(DEMO))).toThrow('.hyperedge/demo.json');
  });
});
