/** Training from the decision log: lines are made and stored by the code that makes and stores them at the edge. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogLine } from '../../../contract/models/decision-log.ts';
import type { ModelInput } from '../../../decisioning/scoring/manifest.ts';
import { encodeRow } from '../../../decisioning/scoring/vector.ts';
import { randomFor } from '../random.ts';
import { trainSpec } from '../recipes.ts';
import { readLog } from './log-table.ts';
import { checkSpec } from './read.ts';
import { attributesOf } from './table.ts';

// By path: their types are the platform's, which Node's do not go with.
const root = join(import.meta.dirname, '../../..');
interface Unsent extends Omit<LogLine, 'key' | 'decision'> {
  readonly decisionId: string;
}
const { logLines }: { logLines: (before: unknown, after: unknown, receipt: unknown) => readonly Unsent[] } =
  await import(join(root, 'durable-objects/customer/log-lines.ts'));
const { storeLog }: { storeLog: (batch: unknown, env: unknown) => Promise<void> } = await import(
  join(root, 'worker/jobs/decision-log.ts')
);

const folder = mkdtempSync(join(tmpdir(), 'log-'));
const specFile = join(folder, 'spec.yaml');
const COUNT = 300;
const PLANS = ['basic', 'plus'];

const inputs: ModelInput[] = [
  {
    name: 'spent',
    attribute: 'spent',
    encoding: { kind: 'number', log: true, center: 3, scale: 2 },
    missing: 0,
    range: [0, 5_000],
  },
  { name: 'plan', attribute: 'plan', encoding: { kind: 'one_hot', values: PLANS }, missing: 0 },
  { name: 'news', attribute: 'news', encoding: { kind: 'boolean', trueValues: ['on'] }, missing: 0 },
];
const manifest = {
  ...{ format: 1, id: 'buyer', name: 'Buyer', predicts: 'buys', engine: 'hyperedge', inputTensor: 'row', inputs },
  file: { sha256: 'a'.repeat(64), bytes: 1 },
  outputs: [{ name: 'probability', tensor: 'probability', column: 0, range: [0, 1], kind: 'probability' }],
};
const SPEC = {
  ...{ id: 'buyer', name: 'Buyer', predicts: 'buys', about: 'For tests.', seed: 1 },
  data: { log: 'log', model: 'buyer', title: 'Our log', source: 'R2', licence: 'ours' },
  target: { column: 'outcome.converted', positive: ['yes'] },
  inputs: inputs.map((input) => ({ ...input, column: input.name })),
  folds: { by: 'time', column: 'decision.at', share: 0.3 },
  members: [{ kind: 'logistic' }],
  gates: [{ metric: 'auc', atLeast: 0.75 }],
  limits: ['Made up.'],
  fairUse: ['None.'],
};

/** Of whom something is not known, every fifth one's plan. */
const customers = (() => {
  const random = randomFor(3, 'log');
  return Array.from({ length: COUNT }, (_, i) => {
    const spent = Math.round(random.next() * 4_000);
    const plan = i % 5 === 0 ? undefined : PLANS[i % 2]!;
    const buys = random.next() < 1 / (1 + Math.exp((2_000 - spent) / 500));
    return { attributes: { spent, plan, news: i % 3 === 0 ? 'on' : 'off' } as Record<string, unknown>, buys };
  });
})();

/** What the customer's object writes: the decision, its exposure, two words about one outcome; every seventh was scored too late. */
function linesOf(i: number): LogLine[] {
  const { attributes, buys } = customers[i]!;
  const { row, missing } = encodeRow(inputs, (path) => attributes[path]);
  const isLate = i % 7 === 6;
  const scoring = {
    version: 1,
    stage: 'live',
    row: isLate ? [] : Array.from(row),
    missing,
    outputs: { probability: 0.5 },
  };
  const receipt = { models: { buyer: { used: scoring } } };
  const atMs = Date.UTC(2026, 1, 1) + i * 600_000;
  const record = {
    ...{ decisionId: `d${i}`, campaignId: 'c', armId: 'a', leaf: 'rest', goal: 'buy', atMs },
    ...{ propensityCampaign: 1, propensityArm: 0.25 },
  };
  const made = {
    record,
    models: { buyer: {} },
    exposedAtMs: null,
    isTrial: false,
    outcomes: [],
  };
  const seen = { ...made, exposedAtMs: atMs + 1, isTrial: true };
  const bought = (orders: string[]) => ({
    ...seen,
    outcomes: [{ goal: 'buy', atMs: atMs + 2, valueMinor: 100 * orders.length, orders }],
  });
  const changes: [unknown, unknown][] = [
    [undefined, made],
    [made, seen],
  ];
  if (buys) changes.push([seen, bought(['1'])], [bought(['1']), bought(['1', '2'])]);
  return changes
    .flatMap(([before, after]) => logLines(before, after, before ? undefined : receipt))
    .map(({ decisionId, ...line }, n) => ({ ...line, decision: decisionId, key: `${decisionId} ${n}` }) as LogLine);
}

async function store(lines: readonly LogLine[]): Promise<void> {
  const put = async (name: string, bytes: Uint8Array) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  };
  const messages = lines.map((line) => ({
    body: { workspaceId: 'w', line },
    ack: () => undefined,
    retry: () => undefined,
  }));
  await storeLog({ messages }, { LOG: { put } });
}

beforeAll(async () => {
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(specFile, JSON.stringify(SPEC));
  const lines = customers.flatMap((_, i) => linesOf(i));
  // A queue delivers at least once, and in any order.
  await store(lines.slice(0, 400));
  await store(lines.slice(300));
  await store(lines.slice(0, 50).reverse());
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the decision log as a table', () => {
  it('has every trial once, in the order of time, with what its customer was then and what came of it', () => {
    const { records } = readLog(specFile, { log: 'log', model: 'buyer' });
    const told = customers.filter((_, i) => i % 7 !== 6);
    expect(records).toHaveLength(told.length);
    for (const [i, record] of records.entries()) {
      const { attributes, buys } = told[i]!;
      expect(Number(record.spent)).toBeCloseTo(attributes.spent as number, 0);
      expect([record.plan, record.news]).toEqual([attributes.plan ?? '', attributes.news === 'on' ? 'on' : 'false']);
      expect([record['outcome.converted'], record['outcome.value']]).toEqual(buys ? ['yes', '200'] : ['no', '0']);
      expect(record['decision.propensity']).toBe('0.25');
    }
  });

  it('gives the rows that were logged when it is encoded again', () => {
    const spec = checkSpec(specFile, SPEC);
    const [record] = readLog(specFile, { log: 'log', model: 'buyer' }).records;
    const attributes = attributesOf(spec.inputs, record!);
    const again = encodeRow(inputs, (path) => attributes.get(path));
    const logged = encodeRow(inputs, (path) => customers[0]!.attributes[path]);
    expect(again.missing).toEqual(logged.missing);
    for (const [i, value] of again.row.entries()) expect(value).toBeCloseTo(logged.row[i]!, 5);
  });

  it('is what a spec trains from: its files come with figures of later trials', async () => {
    const files = await trainSpec(specFile, () => undefined);
    expect(JSON.parse(files['metrics.json'] as string).auc).toBeGreaterThan(0.75);
    expect(files['card.md']).toContain('Our log: 258 rows');
  });

  it('is refused where nobody was asked for, where rows are of other inputs, and where a manifest is of another model', () => {
    expect(() => readLog(specFile, { log: 'log', model: 'buyer', versions: [2] })).toThrow('no trial that buyer');
    expect(() => readLog(specFile, { log: 'nowhere', model: 'buyer' })).toThrow('cannot read the log');
    expect(() => readLog(specFile, { log: 'log', model: 'churn' })).toThrow('is not of churn');
    writeFileSync(join(folder, 'other.json'), JSON.stringify({ ...manifest, inputs: inputs.slice(0, 2) }));
    expect(() => readLog(specFile, { log: 'log', model: 'buyer', manifest: 'other.json' })).toThrow(
      'data.versions: version 1 was told 4 numbers, and the manifest has 3',
    );
    expect(() => checkSpec(specFile, { ...SPEC, data: { ...SPEC.data, file: 'rows.csv' } })).toThrow('a file or a log');
    expect(() => checkSpec(specFile, { ...SPEC, data: { ...SPEC.data, model: undefined } })).toThrow('data.model');
  });
});
