import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pushRequest, pushResponse } from '../contract/publishing.ts';
import { commandEnvironment } from './testing/environment.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'cli-'));
const file = (name: string) => join(folder, name);

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const options = { cwd: root, env: commandEnvironment(env) };
  return new Promise((resolve) => {
    execFile(process.execPath, ['cli/hyperedge.ts', ...args], options, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

/** What the double of the server answers next, and what it was sent. */
const double = { status: 200, body: {} as object, requests: [] as { auth: string | undefined; body: unknown }[] };
let server: Server;
let site = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = pushRequest.parse(JSON.parse(Buffer.concat(chunks).toString()));
      double.requests.push({ auth: request.headers.authorization, body });
      response.writeHead(double.status, { 'content-type': 'application/json' }).end(JSON.stringify(double.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(file('good.yaml'), 'kind: goal\nid: buy\nname: Buy\n');
  writeFileSync(file('bad.yaml'), 'kind: goal\nid: buy\ncolour: red\n');
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const DONE = pushResponse.parse({ created: 1, updated: 0, unchanged: 0, revision: 4, changed: true, dryRun: false });

describe('what may surprise', () => {
  test('strategies that take turns are named with their place when files are validated, which is no failure', async () => {
    writeFileSync(
      file('turns.yaml'),
      'kind: campaign\nid: turns\nname: T\nobjective: { goal: click }\nplacements: [hero]\nstrategyMode: rotation\narms: [{ id: a, content: { text: A } }]\n',
    );
    const { code, err } = await run(['validate', file('turns.yaml')]);
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/^warning .*turns\.yaml:6:15: "turns": strategies take turns/),
    ]);
    expect((await run(['validate', file('good.yaml')])).err).toBe('');
  });

  test('so are conditions that can hold for nobody', async () => {
    writeFileSync(
      file('nobody.yaml'),
      'kind: segment\nid: nobody\nname: N\ncondition:\n  $and:\n    - plan: gold\n    - plan: silver\n',
    );
    const { code, err } = await run(['validate', file('nobody.yaml')]);
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/^warning .*nobody\.yaml:5:3: "nobody": can hold for nobody: no value of "plan"/),
    ]);
  });

  test('is told once when the server warns of it', async () => {
    const warnings = [{ field: '/campaigns/turns/strategyMode', detail: 'mind the turns' }];
    Object.assign(double, { status: 200, body: { ...DONE, warnings }, requests: [] });
    const { code, err } = await run(['push', file('good.yaml'), '--site', site, '--key', 'sk_1']);
    expect([code, err.match(/warning .*/g)]).toEqual([0, ['warning /campaigns/turns/strategyMode: mind the turns']]);
  });
});

describe('push', () => {
  test('sends the documents with the key, and says what became of them', async () => {
    Object.assign(double, { status: 200, body: DONE, requests: [] });
    const ran = await run(['push', file('good.yaml'), '--site', site, '--note', 'why'], {
      HYPEREDGE_SECRET_KEY: 'sk_x',
    });
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toBe('✓ 1 created, 0 updated, 0 unchanged; revision 4\n');
    const body = { documents: [{ kind: 'goal', id: 'buy', name: 'Buy' }], publish: true, dryRun: false, note: 'why' };
    expect(double.requests).toEqual([{ auth: 'Bearer sk_x', body }]);
  });

  test('a file with an error is told by line and column, and nothing is sent', async () => {
    double.requests = [];
    const ran = await run(['push', folder, '--site', site, '--key', 'sk_x']);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain(`${file('bad.yaml')}:3:1: "colour" is not a known field`);
    expect(ran.err).toContain('2 errors');
    expect(double.requests).toEqual([]);
  });

  test('what the server refuses is brought home to file and line; what is not in the files is told as it is', async () => {
    const errors = [
      { field: '/goals/buy/name', detail: 'is taken' },
      { field: '/campaigns/old/objective/goal', detail: 'there is no goal "sell"' },
    ];
    const body = { type: '/problems/invalid_configuration', title: 'No', status: 422, errors };
    Object.assign(double, { status: 422, body, requests: [] });
    const ran = await run(['push', file('good.yaml'), '--site', site, '--key', 'sk_x']);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain(`${file('good.yaml')}:3:7: is taken\n`);
    expect(ran.err).toContain('/campaigns/old/objective/goal: there is no goal "sell"\n');
    expect(ran.err).toContain('Refused: No');
  });

  test.each([
    ['without a key', ['push', 'x.yaml'], 2, 'A secret key is needed'],
    ['without a path', ['push', '--key', 'sk_x'], 2, 'Name the files or folders'],
    ['with an unknown option', ['push', '--colour'], 2, "Unknown option '--colour'"],
    ['with a site that is none', ['push', 'x.yaml', '--key', 'k', '--site', 'shop'], 2, '"shop" is not an address'],
    [
      'of a file that is not there',
      ['push', 'none.yaml', '--key', 'k', '--site', 'http://127.0.0.1:1'],
      1,
      'none.yaml: there is no such file or folder',
    ],
    ['as SQL without a workspace', ['push', 'x.yaml', '--wrangler', '-'], 2, '--wrangler needs --workspace'],
    ['as SQL and dry', ['push', 'x.yaml', '--wrangler', '-', '--dry-run'], 2, '--dry-run asks the server'],
  ])('%s is refused in words', async (_, args, code, words) => {
    const ran = await run(args);
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(words);
    expect(ran.err).not.toContain('    at ');
  });

  test('a server that does not answer is told as such', async () => {
    const ran = await run(['push', file('good.yaml'), '--site', 'http://127.0.0.1:1', '--key', 'sk_x']);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('http://127.0.0.1:1 does not answer');
  });
});

test('validate says what it has checked, and what it leaves to the server', async () => {
  const ran = await run(['validate', file('good.yaml')]);
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(ran.out).toContain('1 document follows the contract\n');
  expect(ran.out).toContain('known to the server: push --dry-run');
});

describe('workspace create', () => {
  test('writes SQL that a database with the migrations takes twice, and the keys to standard output, where they can be piped', async () => {
    const sqlFile = file('workspace.sql');
    const ran = await run(['workspace', 'create', 'acme', '--origin', 'https://a.example', '--wrangler', sqlFile]);
    expect(ran).toMatchObject({ code: 0, err: '' });
    const [local = '', remote = ''] = ran.out.split('\n').slice(1);
    expect(local).toContain(`npx wrangler d1 execute hyperedge --local --file ${sqlFile}`);
    expect(remote).toContain(`npx wrangler d1 execute hyperedge --remote --file ${sqlFile}`);
    const keys = ran.out.match(/\b[ps]k_[A-Za-z0-9]{32}\b/g) ?? [];
    expect(keys).toHaveLength(2);
    const sql = readFileSync(sqlFile, 'utf8');
    for (const key of keys) expect(sql).not.toContain(key);
    const database = new DatabaseSync(':memory:');
    database.exec(readFileSync(join(root, 'migrations/0000_configuration.sql'), 'utf8'));
    database.exec(sql);
    database.exec(sql);
    const count = (table: string) => database.prepare(`SELECT count(*) n FROM ${table}`).get()?.n;
    expect(['workspaces', 'documents', 'drafts', 'keys'].map(count)).toEqual([1, 1, 1, 2]);
  });

  test('SQL on standard output has no keys in it: those are on standard error', async () => {
    const ran = await run(['workspace', 'create', 'acme', '--origin', 'https://a.example']);
    expect(ran.code).toBe(0);
    const key = /\b[ps]k_[A-Za-z0-9]{32}\b/;
    expect(ran.err).toMatch(key);
    expect(ran.out).not.toMatch(key);
    expect(ran.out).toContain('INSERT OR IGNORE INTO workspaces');
  });

  test.each([
    [['workspace', 'create', 'Acme', '--origin', 'https://a.example'], '"Acme" is not an id'],
    [['workspace', 'create', 'acme'], 'a web site needs at least one origin'],
    [['workspace', 'create', 'acme', '--kind', 'app', '--residency', 'moon'], '--residency "moon"'],
    [['workspace', 'delete', 'acme'], 'workspace create ID'],
  ])('%j is refused', async (args, words) => {
    const ran = await run(args);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(words);
  });
});

test('help goes to standard output; no command, or an unknown one, is a wrong call', async () => {
  expect(await run(['--help'])).toMatchObject({ code: 0, err: '' });
  expect((await run([])).code).toBe(2);
  const alerts = await run(['alerts', 'acknowledge', '-h']);
  expect(alerts).toMatchObject({ code: 0, err: '' });
  expect(alerts.out).toMatch(
    /^Usage: npm run hyperedge -- alerts …\n\n {2}alerts .*\n {6}--kind .*\n {2}alerts acknowledge .*\n$/,
  );
  expect((await run(['schema', '--help'])).out).not.toContain('workspace');
  expect((await run(['psuh'])).err).toContain('There is no command "psuh": did you mean "push"?');
});

describe('dry-run', () => {
  const campaigns = join(root, 'examples/shop/campaigns');

  test('rehearses files without a server, the same for the same seed, and tells what is chosen', async () => {
    const args = ['dry-run', campaigns, '--start', '2026-09-07', '--days', '2'];
    const ran = await run(args);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('34 documents would publish by themselves: 14 campaigns');
    expect(ran.out).toMatch(/autumn-opening +hero +[\d,]+ +100 %/);
    expect((await run(args)).out).toBe(ran.out);
    const { campaigns: played } = JSON.parse((await run([...args, '--json'])).out) as {
      campaigns: { chosen: number }[];
    };
    expect(played).toHaveLength(14);
  });

  test('counts one campaign as one, and asks a server only where told to', async () => {
    const one = file('one.yaml');
    writeFileSync(
      one,
      'kind: campaign\nid: c\nname: C\nobjective: { goal: click }\nplacements: [hero]\narms: [{ id: a, content: { text: A } }]\n---\nkind: placement\nid: hero\nname: Hero\n',
    );
    const ran = await run(['dry-run', one, '--days', '1']);
    expect(ran.out).toContain('2 documents would publish by themselves: 1 campaign\n');
    expect(ran.err).toBe('');
    const without = await run(['dry-run', one, '--with-server']);
    expect([without.code, without.err]).toEqual([2, expect.stringContaining('A secret key is needed')]);
    const asking = await run(['dry-run', one, '--with-server', '--key', 'sk_1', '--site', 'http://127.0.0.1:1']);
    expect([asking.code, asking.err]).toEqual([1, expect.stringContaining('does not answer')]);
  });

  test('warns of what publishing would, at its line, also where it takes several documents to know', async () => {
    writeFileSync(
      file('warned.yaml'),
      [
        'kind: placement\nid: hero\nname: Hero',
        'kind: segment\nid: gold\nname: G\ncondition: { plan: gold }',
        'kind: attribute\nid: plan\ntype: string',
        'kind: campaign\nid: c\nname: C\nobjective: { goal: click }\nplacements: [hero]\nstrategy: { policy: thompson, modelWeight: 0.5 }\naudience: { segment: gold, condition: { plan: silver } }\narms: [{ id: a, content: { text: A } }]\n',
      ].join('\n---\n'),
    );
    const ran = await run(['dry-run', file('warned.yaml'), '--days', '1', '--json']);
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.out)).toMatchObject({ campaigns: [{ campaign: 'c', chosen: 0 }] });
    expect(ran.err.split('\n')).toEqual([
      expect.stringMatching(
        /^warning .*warned\.yaml:19:11: "c": modelWeight and topArms have no effect without scores/,
      ),
      expect.stringMatching(/^warning .*warned\.yaml:20:11: "c": can hold for nobody: no value of "plan"/),
      '',
    ]);
  });

  test('learns from a world that says what would really happen', async () => {
    const ran = await run(['dry-run', campaigns, '--world', join(root, 'examples/worlds/shop.yaml')]);
    expect(ran.out).toContain('Arms, over all these days');
  });

  test('refuses what publishing would, at its line, and options that mean nothing', async () => {
    const ran = await run(['dry-run', join(campaigns, 'hero.yaml')]);
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/hero\.yaml:9:9: there is no goal "purchase"/);
    expect(ran.err).toMatch(/\nFiles are rehearsed by themselves: name the file or folder that declares it, too/);
    expect((await run(['dry-run', campaigns, '--days', '0'])).code).toBe(2);
    for (const day of ['monday', '2026-02-30', '2026-13-01'])
      expect((await run(['dry-run', campaigns, '--start', day])).code).toBe(2);
  });
});
