import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { audienceResponse } from '../../contract/audience.ts';
import { commandEnvironment } from '../testing/environment.ts';
import { estimateLine } from './estimate.ts';

const answer = (changes: object) =>
  audienceResponse.parse({
    customers: { estimate: 48_211, interval: [45_343, 51_261] },
    share: { estimate: 0.31, interval: [0.25, 0.378] },
    matching: { estimate: 14_945, interval: [11_335, 19_334] },
    sample: { held: 1_000, asked: 200, answered: 200, matched: 62 },
    unknownAttributes: [],
    asOf: '2026-11-27T09:00:00.000Z',
    ...changes,
  });

test('an estimate is told with its range and share', () => {
  expect(estimateLine('gold', answer({}))).toBe('gold: 14,945 of 48,211 customers (11,335 to 19,334), 31.0 %');
});

test('one without a range is exact', () => {
  const exact = { customers: { estimate: 9, interval: [9, 9] }, matching: { estimate: 3, interval: [3, 3] } };
  expect(estimateLine('gold', answer(exact))).toBe('gold: 3 of 9 customers (exactly), 31.0 %');
});

test('what was left open is named', () => {
  expect(estimateLine('gold', answer({ unknownAttributes: ['geo.country', 'page.path'] }))).toMatch(
    /31.0 %; could match, given geo.country, page.path$/,
  );
});

test('no customers, and no answers, are no zero', () => {
  expect(estimateLine('gold', answer({ customers: { estimate: 0, interval: [0, 0] }, share: null }))).toBe(
    'gold: there are no customers yet',
  );
  expect(estimateLine('gold', answer({ share: null }))).toContain('none of 200 customers answered');
});

/** A server that remembers what it was asked and always answers the same, but for paths that have an answer of their own. */
async function double(status: number, body: object, others: Readonly<Record<string, readonly [number, object]>> = {}) {
  const requests: { path: string | undefined; auth: string | undefined; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const text = (await request.toArray()).join('');
    const asked = text === '' ? undefined : JSON.parse(text);
    requests.push({ path: request.url, auth: request.headers.authorization, body: asked });
    const [code, answered] = others[request.url ?? ''] ?? [status, body];
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(answered));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { requests, site: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const run = (args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['cli/hyperedge.ts', 'estimate', ...args], {
    cwd: join(import.meta.dirname, '../..'),
    env: commandEnvironment({ HYPEREDGE_SECRET_KEY: 'sk_x' }),
  });

test('a segment is asked for by its id', async () => {
  const { requests, site } = await double(200, answer({}));
  expect((await run(['gold', '--site', site])).stdout).toBe(
    'gold: 14,945 of 48,211 customers (11,335 to 19,334), 31.0 %\n',
  );
  expect(requests).toEqual([{ path: '/v1/audience/estimate', auth: 'Bearer sk_x', body: { segment: 'gold' } }]);
});

test('of files the segments and the audiences of campaigns are asked for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'estimate-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [gold, goal] = ['kind: segment\nid: gold\nname: G\ncondition: { plan: gold }', 'kind: goal\nid: buy\nname: B'];
  const campaign = [
    'kind: campaign\nid: c\nname: C\nobjective: { goal: buy }\nplacements: [hero]',
    'audience: { segment: gold }\narms: [{ id: a, content: { text: A } }]',
  ];
  writeFileSync(join(folder, 'all.yaml'), [gold, goal, campaign.join('\n')].join('\n---\n'));
  const { requests, site } = await double(200, answer({}));
  const { stdout } = await run([folder, '--site', site]);
  expect(stdout.split('\n').map((line) => line.split(':')[0])).toEqual(['segment gold', 'campaign c', '']);
  expect(requests.map(({ body }) => body)).toEqual([{ condition: { plan: 'gold' } }, { segment: 'gold' }]);
});

const refused = (field: string, detail: string) => ({
  ...{ type: '/problems/invalid_request', title: 'No', status: 422 },
  errors: [{ field, detail }],
});
const missing = refused('/segment', 'there is no segment "gold": did you mean "golden"?');
const notFound = { type: '/problems/not_found', title: 'There is nothing here', status: 404 };
const failureOf = (args: readonly string[]) => run(args).catch((error: unknown) => error);

test('what the server refuses is told', async () => {
  const { site } = await double(422, missing, { '/v1/campaigns/gold': [404, notFound] });
  expect(await failureOf(['gold', '--site', site])).toMatchObject({
    code: 1,
    stderr: 'gold: there is no segment "gold": did you mean "golden"?\n',
  });
});

test('the name of a campaign is known as one', async () => {
  const { site } = await double(422, missing, { '/v1/campaigns/gold': [200, { id: 'gold' }] });
  expect(await failureOf(['gold', '--site', site])).toMatchObject({
    code: 1,
    stderr: '"gold" is a campaign, not a segment: name its file instead, and its audience is estimated\n',
  });
});

test('what is wrong in a condition is told with its place', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'estimate-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'gold.yaml'), 'kind: segment\nid: gold\nname: G\ncondition: { plna: gold }');
  const wrong = refused('/condition/plna', 'is nothing');
  const twice = { ...wrong, errors: [...wrong.errors, { field: '/condition/hue', detail: '"hue" is nothing' }] };
  const { site } = await double(422, twice);
  expect(await failureOf([folder, '--site', site])).toMatchObject({
    code: 1,
    stderr: 'segment gold: "condition.plna" is nothing; "hue" is nothing\n',
  });
});
