import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ANOMALY, budgetOf, capacityOf, inventoryOf, THRESHOLD } from '../money/testing/answers.ts';
import { commandEnvironment } from '../testing/environment.ts';

const NOTHING = { items: [], unavailable: [], next: null };

/** A server that answers each address with its own, and remembers what it was asked. */
async function double(answers: Readonly<Record<string, object>>) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const body = answers[request.url ?? ''];
    const missing = {
      type: '/problems/not_found',
      title: 'There is nothing here',
      status: 404,
      detail: 'No such alert',
    };
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? missing));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { requests, site: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const run = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['cli/hyperedge.ts', ...args], {
    cwd: join(import.meta.dirname, '../..'),
    env: commandEnvironment({ HYPEREDGE_SECRET_KEY: 'sk_x' }),
  });
const failureOf = (...args: readonly string[]) => run(...args).catch((error: unknown) => error);

const spring = budgetOf(
  'spring',
  { total: 500_000, posted: 250_150, pending: 4_000, leased: 2_000, planned: 270_000 },
  { pacing: 'even', alerts: [THRESHOLD, { ...ANOMALY, subject: 'pool:spring' }] },
);

test('pools, stocks and capacities stand in one table; what needs a person stands below', async () => {
  const later = { start: '2026-12-01T00:00:00.000Z' };
  const { site } = await double({
    '/v1/budgets?limit=100': { items: [spring], unavailable: ['pool:gone'], next: 'a/b' },
    '/v1/budgets?limit=100&cursor=a%2Fb': {
      ...NOTHING,
      items: [budgetOf('xmas', { total: 0, uncharged: 1_250 }, later)],
    },
    '/v1/inventory?limit=100': {
      ...NOTHING,
      items: [inventoryOf('gift-bags', { total: 69, configured: 50, posted: 3, pending: 1, leased: 65 })],
    },
    '/v1/capacity?limit=100': {
      ...NOTHING,
      items: [capacityOf('channel', 'call_center', { total: 1_200, posted: 1_200, planned: 1_196 })],
    },
  });
  expect((await run('budgets', '--site', site)).stdout.split('\n')).toEqual([
    'As of 27 Nov 2026, 09:00 UTC',
    '',
    '  Budgets, EUR            spent        of  share  reserved  in hand      left        plan',
    '  spring               2,501.50  5,000.00   50 %     40.00    20.00  2,438.50  3 % behind  ██████┃·····',
    '  xmas                     0.00      0.00      -      0.00     0.00      0.00           -  ············',
    '',
    '  Stocks                  spent        of  share  reserved  in hand      left        plan',
    '  gift-bags                   3        69    4 %         1       65         0           -  █▒▒▒▒▒▒▒▒▒▒▒',
    '',
    '  Contacts today          spent        of  share  reserved  in hand      left        plan',
    '  channel call_center     1,200     1,200  100 %         0        0         0     on plan  ███████████┃',
    '',
    '  █ spent   ▒ reserved or in hand   · left   ┃ plan by now',
    '  ! pool:xmas opens 1 Dec 2026, 00:00 UTC',
    '  ! pool:xmas: 12.50 EUR were seen or sent with nothing left for them',
    '  ! stock:gift-bags: 50 are published; the total stays at what is committed: 69 are spent, reserved or in hand',
    '  ! 1 alert that nobody acknowledged: npm run hyperedge -- alerts',
    '  ! pool:gone does not answer just now',
    '',
  ]);
});

test('where nothing is paced there is no column of plans, and where nothing is limited a hint', async () => {
  const answers = {
    '/v1/budgets?limit=100': NOTHING,
    '/v1/inventory?limit=100': NOTHING,
    '/v1/capacity?limit=100': NOTHING,
  };
  const none = await double(answers);
  expect((await run('budgets', '--site', none.site)).stdout).toContain('declare a pool, a stock or a capacity');
  const some = await double({
    ...answers,
    '/v1/inventory?limit=100': { ...NOTHING, items: [inventoryOf('bags', { total: 5 })] },
  });
  expect((await run('budgets', '--site', some.site)).stdout).toMatch(/in hand {2}left\n/);
  expect(JSON.parse((await run('budgets', '--json', '--site', some.site)).stdout)).toMatchObject({
    budgets: [],
    inventory: [{ stock: 'bags', remaining: 5 }],
  });
});

test('alerts that nobody acknowledged, newest first, with the way to acknowledge them', async () => {
  const { site } = await double({ '/v1/alerts?open=true&limit=100': { items: [THRESHOLD], next: null } });
  expect((await run('alerts', '--site', site)).stdout.split('\n')).toEqual([
    '! pool:spring  62 % spent: 3,101.50 of 5,000.00 EUR',
    '    27 Nov 2026, 08:12 UTC',
    '    budget pool:spring once 0.5 of 500000',
    '',
    "  Seen it? npm run hyperedge -- alerts acknowledge 'budget pool:spring once 0.5 of 500000'",
    '',
  ]);
});

test('all alerts of a kind, a subject and a time', async () => {
  const path = '/v1/alerts?kind=feedback_anomaly&subject=hero&since=2026-11-27T00%3A00%3A00.000Z&limit=100';
  const { site, requests } = await double({ [path]: { items: [ANOMALY], next: null } });
  const filters = ['--kind', 'feedback_anomaly', '--subject', 'hero', '--since', '2026-11-27', '--all'];
  const { stdout } = await run('alerts', ...filters, '--site', site);
  expect(requests).toEqual([`GET ${path}`]);
  expect(stdout).toContain('✓ hero  unusual feedback: what rate, seen 0.812, usual 0.05');
  expect(stdout).toContain('acknowledged 27 Nov 2026, 07:30 UTC by Ops');
  expect(stdout).not.toContain('Seen it?');
});

test('alerts of models say which version, and why in words', async () => {
  const detail = { what: 'ece', version: 2, words: 'calibration error .09, at most .05' };
  const breach = { ...THRESHOLD, kind: 'model_breach', subject: 'model:churn', detail };
  const { site } = await double({ '/v1/alerts?open=true&limit=100': { items: [breach], next: null } });
  const { stdout } = await run('alerts', '--site', site);
  expect(stdout).toContain('! model:churn  a model broke its bounds, version 2: calibration error .09, at most .05\n');
});

test('an id is acknowledged as it is written; one that is not there is told', async () => {
  const path = '/v1/alerts/budget%20pool%3Aspring%20once%200.5%20of%20500000/acknowledge';
  const { site, requests } = await double({ [path]: THRESHOLD });
  expect((await run('alerts', 'acknowledge', THRESHOLD.id, '--site', site)).stdout).toBe('✓ 1 alert acknowledged\n');
  expect(requests).toEqual([`POST ${path}`]);
  expect(await failureOf('alerts', 'acknowledge', 'none', '--site', site)).toMatchObject({
    code: 1,
    stderr: 'No such alert\n',
  });
});

test('all open alerts about something are acknowledged at once, and nothing is without a word of which', async () => {
  const path = '/v1/alerts/budget%20pool%3Aspring%20once%200.5%20of%20500000/acknowledge';
  const list = '/v1/alerts?subject=pool%3Aspring&open=true&limit=100';
  const all = '/v1/alerts?open=true&limit=100';
  const { site, requests } = await double({
    [list]: { items: [THRESHOLD], next: null },
    [all]: { items: [], next: null },
    [path]: THRESHOLD,
  });
  const { stdout } = await run('alerts', 'acknowledge', '--subject', 'pool:spring', '--site', site);
  expect(stdout).toBe('✓ 1 alert acknowledged\n');
  expect(requests).toEqual([`GET ${list}`, `POST ${path}`]);
  expect((await run('alerts', 'acknowledge', '--all', '--site', site)).stdout).toBe('✓ 0 alerts acknowledged\n');
  for (const args of [[], [THRESHOLD.id, '--all']])
    expect(await failureOf('alerts', 'acknowledge', ...args, '--site', site)).toMatchObject({ code: 2 });
});

test('slips are told what was meant', async () => {
  const told = async (...args: string[]) => ((await failureOf(...args)) as { stderr: string }).stderr;
  const site = ['--site', 'http://127.0.0.1:9'];
  expect(await told('alerts', '--kind', 'ledger_treshold', ...site)).toContain('did you mean "ledger_threshold"?');
  expect(await told('alerts', 'acknowlege', 'x', ...site)).toContain('did you mean "acknowledge"?');
  expect(await told('alerts', '--since', 'yesterday', ...site)).toContain('neither a duration such as 24h nor a day');
  expect(await told('budget', ...site)).toContain('did you mean "budgets"?');
});
