import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { modelManifest } from '../../contract/models/manifest.ts';
import type { ModelVersion } from '../../contract/models/registry.ts';
import type { TrainingJob } from '../../contract/models/training.ts';
import { cardFigures, folderUpload } from '../models/folder.ts';
import { formatJobs } from '../models/jobs.ts';
import { formatModel, formatModels, formatScore } from '../models/words.ts';
import { models } from './models.ts';

const folder = mkdtempSync(join(tmpdir(), 'models-'));
afterAll(() => rmSync(folder, { recursive: true }));

const versionOf = (version: number, changes: Partial<ModelVersion> = {}): ModelVersion => ({
  model: 'churn',
  version,
  stage: 'registered',
  stagedAt: '2026-11-22T09:00:00.000Z',
  reason: null,
  manifestHash: 'a'.repeat(64),
  fileHash: 'b'.repeat(64),
  fileBytes: 82_976,
  name: 'Churn',
  predicts: 'leaves within a month',
  outputs: ['models.churn.probability'],
  inputs: 17,
  metrics: {},
  lineage: {},
  createdAt: '2026-11-22T09:00:00.000Z',
  createdBy: 'key',
  ...changes,
});

/** A server that answers each request with its own, and remembers what it was sent. */
async function double(answers: Readonly<Record<string, object>>) {
  const requests: { readonly asked: string; readonly body: unknown }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const asked = `${request.method} ${request.url}`;
      requests.push({ asked, body: text === '' ? undefined : JSON.parse(text) });
      const missing = {
        type: '/problems/not_found',
        title: 'There is nothing here',
        status: 404,
        detail: 'No such model',
      };
      const body = answers[asked];
      if (body && request.method === 'DELETE') return void response.writeHead(204).end();
      response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? missing));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { requests, site: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** The command as the shell calls it, in this process: what it prints. */
async function run(...args: readonly string[]): Promise<{ readonly stdout: string }> {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await models([...args, '--key', 'sk_x']);
    return { stdout: written.mock.calls.map(([text]) => String(text)).join('') };
  } finally {
    written.mockRestore();
  }
}
const told = async (...args: string[]) => ((await run(...args).catch((error: unknown) => error)) as Error).message;

test('all models: who serves, and the paths of the scores', () => {
  const versions = [versionOf(3, { stage: 'canary', share: 0.1 }), versionOf(2, { stage: 'live' }), versionOf(1)];
  expect(formatModels([{ id: 'churn', versions }]).split('\n')).toEqual([
    '  Models  live    canary  shadow  newest',
    '  churn      2  3 (10 %)       -       3',
    '',
    '  models.churn.probability  leaves within a month',
    '',
  ]);
  expect(formatModels([])).toContain('models push models/churn');
});

test('one model: versions with the figures that they have, and why the others retired', () => {
  const versions = [
    versionOf(2, { stage: 'live', metrics: { auc: 0.8482, ece: 0.01 } }),
    versionOf(1, { stage: 'retired', reason: 'AUC .48 of 1,000 outcomes' }),
  ];
  expect(formatModel({ id: 'churn', versions }).split('\n')).toEqual([
    'churn  Churn: leaves within a month',
    '  models.churn.probability',
    '',
    '  Version                     since    AUC  calibration error',
    '  2 live     22 Nov 2026, 09:00 UTC  0.848              0.010',
    '  1 retired  22 Nov 2026, 09:00 UTC      -                  -',
    '',
    '  1 retired: AUC .48 of 1,000 outcomes',
    '',
  ]);
});

test('a score is told with its reasons, what to do, and what was not known', () => {
  const input = { name: 'tenure', attribute: 'tenureMonths', value: null, missing: true, outside: false };
  const reason = { name: 'contract', words: 'month-to-month contract', points: 0.18, moved: '+18 points' };
  const text = formatScore('crm-1', {
    ...{ model: 'churn', version: 2, stage: 'live', known: true, outputs: { probability: 0.71234 }, row: {} },
    ...{ inputs: [input], reasons: [reason], interventions: ['Offer a year.'] },
    summary: 'Leaves: 71 of 100 customers like this. Mostly because: x (+0.7 points). A typical customer: 27 of 100.',
  });
  expect(text.split('\n')).toEqual([
    'crm-1  by churn 2, live',
    '',
    '  Leaves: 71 of 100 customers like this. A typical customer: 27 of 100.',
    '',
    '  probability  0.7123',
    '',
    '  +18 points  month-to-month contract',
    '',
    '  → Offer a year.',
    '',
    '  ! no value: tenure',
    '',
  ]);
});

test('a folder is an upload: figures of the card, where it comes from, and its drawing', () => {
  writeFileSync(join(folder, 'manifest.json'), '{"id":"churn"}');
  writeFileSync(join(folder, 'model.onnx'), 'bytes');
  writeFileSync(join(folder, 'golden.json'), '[{"row":[1]}]');
  writeFileSync(join(folder, 'spec.yaml'), 'seed: 17\ndata: { title: Telco }\n');
  writeFileSync(join(folder, 'calibration.svg'), '<svg/>');
  writeFileSync(
    join(folder, 'card.md'),
    '| AUC: chance | **0.8482** | 0.84 |\n![A curve](calibration.svg) ![x](../else.svg)\n',
  );
  const upload = folderUpload(folder);
  expect(upload).toMatchObject({
    manifest: { id: 'churn' },
    file: Buffer.from('bytes').toString('base64'),
    golden: [{ row: [1] }],
    metrics: { auc: 0.8482 },
    lineage: { seed: 17, data: 'Telco' },
  });
  expect(upload.lineage.specSha256).toMatch(/^[0-9a-f]{64}$/);
  expect(upload.card).toContain('![A curve](data:image/svg+xml;base64,PHN2Zy8+) ![x](../else.svg)');
  expect(cardFigures('| Brier score | **0.1** | |\n| AUC | 0.5 | |')).toEqual({ brier: 0.1 });
});

test('a push registers, then stages; what serves already stays where it is', async () => {
  const { requests, site } = await double({
    'POST /v1/models': { ...versionOf(3), created: true },
    'PUT /v1/models/churn/versions/3/stage': versionOf(3, { stage: 'canary', share: 0.1 }),
  });
  const { stdout } = await run('push', folder, '--stage', 'canary:0.1', '--reason', 'a try', '--site', site);
  expect(stdout.split('\n')).toEqual([
    '✓ churn: version 3 (82,976 bytes, 1 golden customer scored the same)',
    '✓ churn 3 is canary, 10 %: serves its share of the customers, within 5 seconds',
    '',
  ]);
  expect(requests[1]?.body).toEqual({ stage: 'canary', share: 0.1, reason: 'a try' });
  const again = await double({ 'POST /v1/models': { ...versionOf(3, { stage: 'live' }), created: false } });
  expect((await run('push', folder, '--stage', 'shadow', '--site', again.site)).stdout).toBe(
    '= churn: version 3 is there already, live, and stays so: models stage churn 3 … moves it\n',
  );
});

test('a version is staged, retired, and its card is read without its drawings', async () => {
  const at = 'PUT /v1/models/churn/versions/2/stage';
  const detail = {
    ...versionOf(2),
    manifest: JSON.parse(manifestText()),
    card: '# Churn\n![x](data:image/svg+xml;base64,AA)\n',
  };
  const { requests, site } = await double({
    [at]: versionOf(2, { stage: 'retired' }),
    'GET /v1/models/churn': { id: 'churn', versions: [versionOf(2)] },
    'GET /v1/models/churn/versions/2': detail,
  });
  await run('stage', 'churn', '2', 'canary', '--share', '0.25', '--site', site);
  expect((await run('retire', 'churn', '2', '--site', site)).stdout).toContain('churn 2 is retired: serves nobody');
  await run('stage', 'churn', '2', 'live', '--resume', '--site', site);
  expect(requests.map(({ body }) => body)).toEqual([
    { stage: 'canary', share: 0.25 },
    { stage: 'retired' },
    { stage: 'live', resume: true },
  ]);
  expect((await run('card', 'churn', '--site', site)).stdout).toBe('# Churn\n![x](a drawing: --json has it)\n');
});

test('what a version holds is deleted, and one that is not there is told of', async () => {
  const { requests, site } = await double({ 'DELETE /v1/models/churn/versions/2': {} });
  expect((await run('delete', 'churn', '2', '--site', site)).stdout).toContain('churn 2 is deleted');
  expect(requests).toEqual([{ asked: 'DELETE /v1/models/churn/versions/2', body: undefined }]);
  expect(await told('delete', 'churn', '3', '--site', site)).toContain('No such model');
  expect(await told('delete', 'churn', 'all', '--site', site)).toContain('"all" is no version');
});

/** As small as a manifest may be. */
function manifestText(): string {
  const output = { name: 'probability', tensor: 'p', column: 0, range: [0, 1], kind: 'probability' };
  const input = { name: 'tenure', attribute: 'tenureMonths', encoding: { kind: 'number' }, missing: 0 };
  const file = { sha256: 'b'.repeat(64), bytes: 1 };
  const named = { format: 1, id: 'churn', name: 'Churn', predicts: 'leaves', engine: 'hyperedge', inputTensor: 'row' };
  return JSON.stringify({ ...named, file, inputs: [input], outputs: [output] });
}

const job: TrainingJob = {
  ...{ id: 7, model: 'churn', version: 2, state: 'asked', cause: 'drift', detail: 'PSI .31 of tenure' },
  ...{ askedAt: '2026-11-22T09:00:00.000Z', changedAt: '2026-11-22T09:00:00.000Z', changedBy: 'watch' },
  ...{ result: null, note: null },
};

test('a push for a goal says in the manifest what the scores are judged by, and keeps how else they are watched', async () => {
  const answers = { 'POST /v1/models': { ...versionOf(1), created: true } };
  const { site, requests } = await double(answers);
  await run('push', 'models/churn', '--goal', 'cancel', '--site', site);
  await run('push', 'models/churn', '--site', site);
  const watched = requests.map(({ body }) => modelManifest.parse((body as { manifest: unknown }).manifest).watch);
  expect(watched).toEqual([{ settleHours: 720, goal: 'cancel' }, { settleHours: 720 }]);
});

test('trainings that were asked for are listed with how to answer them, taken, and closed by a push that names the job', async () => {
  expect(formatJobs([job]).split('\n')).toEqual([
    '  Job      follows  state                   asked  version',
    '  7 churn        2  asked  22 Nov 2026, 09:00 UTC        -',
    '',
    '  7 drift: PSI .31 of tenure',
    '',
    '  npm run train -- models/churn/spec.yaml',
    '  npm run hyperedge -- models push models/churn --job 7',
    '',
  ]);
  expect(formatJobs([{ ...job, state: 'done', result: 3 }])).not.toContain('--job');
  const { requests, site } = await double({
    'GET /v1/training-jobs': { jobs: [job] },
    'POST /v1/training-jobs/7': { ...job, state: 'running' },
    'POST /v1/models': { ...versionOf(3, { stage: 'shadow' }), created: true },
  });
  expect((await run('jobs', '--site', site)).stdout).toContain('PSI .31');
  expect((await run('jobs', 'take', '7', '--site', site)).stdout).toBe('✓ job 7 (churn) is running\n');
  const pushed = await run('push', folder, '--job', '7', '--site', site);
  expect(pushed.stdout.split('\n')[1]).toBe('  Job 7 is done: it begins as a shadow');
  expect(requests[1]?.body).toEqual({ state: 'running' });
  expect(requests[2]?.body).toMatchObject({ lineage: { seed: 17, job: 7 } });
  expect(await told('jobs', 'tke', '7', '--site', site)).toContain('did you mean "take"?');
  expect(await told('push', folder, folder, '--job', '7', '--site', site)).toContain('--job is of one model');
  expect(await told('push', folder, '--job', 'seven', '--site', site)).toContain('--job');
});

test('the decision log of a folder is told as CSV, and what cannot be read in one line', async () => {
  const [at, key] = ['2026-02-01T00:00:00.000Z', { format: 1, decision: 'd', campaign: 'c' }];
  const scoring = { version: 1, stage: 'live', row: [12], missing: [], outputs: { probability: 0.5 } };
  const decision = { kind: 'decision', arm: 'a,"b"', leaf: 'rest', goal: 'buy', models: { churn: { used: scoring } } };
  const lines = [
    { ...key, key: 'd 1', at, ...decision, propensityCampaign: 1, propensityArm: 0.5 },
    { ...key, key: 'd 2', at, kind: 'exposure', trial: true },
  ];
  writeFileSync(join(folder, 'one.ndjson'), lines.map((line) => JSON.stringify(line)).join('\n'));
  writeFileSync(join(folder, 'told.json'), manifestText());
  const { stdout } = await run('log', 'churn', '--from', folder, '--manifest', join(folder, 'told.json'));
  expect(stdout.split('\n')).toEqual([
    'tenure,decision.at,decision.campaign,decision.arm,decision.leaf,decision.propensity,outcome.converted,outcome.value',
    `12,${at},c,"a,""b""",rest,0.5,no,0`,
    '',
  ]);
  expect(await told('log', 'churn', '--from', join(folder, 'none'))).toContain('cannot read the log');
  expect(await told('log', 'churn')).toContain('--from FOLDER');
});

test('slips are told what was meant, before anything is sent', async () => {
  const site = ['--site', 'http://127.0.0.1:9'];
  expect(await told('stge', ...site)).toContain('did you mean "stage"?');
  expect(await told('stage', 'churn', '2', 'canari', ...site)).toContain('did you mean "canary"?');
  expect(await told('stage', 'churn', '2', 'canary', ...site)).toContain('above 0 and below 1: canary:0.1');
  expect(await told('stage', 'churn', '2', 'live:0.5', ...site)).toContain('only a canary has a share');
  expect(await told('stage', 'churn', 'two', 'live', ...site)).toContain('"two" is no version');
  expect(await told('push', join(folder, 'none'), ...site)).toContain('is no folder');
  expect(await told('show', ...site)).toContain('Name the model');
});
