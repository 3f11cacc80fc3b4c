/**
 * A real log over real HTTP: workerd in a process of its own, with its objects and database on disk. Needs the data sets beside the
 * checkout and is skipped without them. `npm run prove:http` plays twice the rows and replays 1,000 receipts.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileCampaign } from '../../cli/replay/campaign.ts';
import { readCsv } from '../../cli/replay/csv.ts';
import { type LogRow, readLog } from '../../cli/replay/log.ts';
import { readMap } from '../../cli/replay/map.ts';
import { play } from '../../cli/replay/play.ts';
import type { OptimizeResponse } from '../../contract/decisions.ts';
import type { PerformanceResponse } from '../../contract/performance.ts';
import type { RulesSlice } from '../../decisioning/catalog/slice.ts';
import { type Receipt, replay } from '../../decisioning/receipt.ts';
import { choosePort } from '../../scripts/start/port.ts';
import { type Stack, startStack } from '../../scripts/start/stack.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const data = join(root, '../shared/data/hillstrom/Hillstrom.csv.gz');
const ROWS = Number(process.env.HTTP_ROWS ?? 1_000);
const BATCH = 250;
const RECEIPTS = Number(process.env.HTTP_RECEIPTS ?? 400);
/** Requests under way at once: enough to keep both cores busy. */
const PARALLEL = 16;
/** From feedback acknowledged to allocation published, with room for a busy machine. */
const MAX_WAIT_MS = 20_000;

describe.skipIf(!existsSync(data))(`${ROWS} rows of a real log over HTTP`, () => {
  const state = mkdtempSync(join(tmpdir(), 'http-loop-'));
  let stack: Stack;
  let log: LogRow[];
  const map = readMap(join(root, 'examples/replay/hillstrom.yaml'));
  const armIds = map.campaign.arms.map(({ id }) => id);
  const decided: string[] = [];
  const rewards: number[] = [];
  const versions: number[] = [];

  async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${stack.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${stack.keys.secretKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const left = [...items];
    const workers = Array.from({ length: PARALLEL }, async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
    });
    await Promise.all(workers);
  }

  /** One row: rejection replay, as the engine's. */
  async function playRow(row: LogRow, index: number): Promise<void> {
    const answer = await api<OptimizeResponse>('POST', '/v1/optimize', {
      placements: ['mailing'],
      customer: { id: `row-${index}` },
    });
    const decision = answer.decisions[0]!;
    decided.push(decision.decisionId!);
    if (armIds.indexOf(decision.arm!) !== row.shown) return;
    const reward = row.rewards[0]!;
    rewards.push(reward);
    const { token } = decision;
    const events = [{ token, kind: 'exposure' }, ...(reward > 0 ? [{ token, kind: 'goal', goal: 'visit' }] : [])];
    await api('POST', '/v1/feedback', { events });
  }

  async function settledVersion(): Promise<number> {
    const deadlineMs = Date.now() + MAX_WAIT_MS;
    for (;;) {
      const { totals, allocationVersion } = await api<PerformanceResponse>(
        'GET',
        '/v1/campaigns/hillstrom/performance',
      );
      if (totals.trials === rewards.length && allocationVersion > (versions.at(-1) ?? 0)) return allocationVersion;
      if (Date.now() > deadlineMs) throw new Error(`${totals.trials} of ${rewards.length} trials arrived in time`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  beforeAll(async () => {
    log = (await readLog(data, readCsv(data), map)).slice(0, ROWS);
    stack = await startStack({
      root,
      port: await choosePort(undefined, 18_787),
      stateDir: state,
      demoFile: join(state, 'demo.json'),
      // Sixteen requests at a time on a busy machine: how soon each is answered is not what is tried here.
      vars: { DECIDE_DEADLINE_MS: '20000' },
    });
    const campaign = {
      ...map.campaign,
      kind: 'campaign',
      schedule: {},
      sticky: { mode: 'none' },
      caps: [],
      contexts: [],
    };
    const documents = [
      { kind: 'settings', receipts: 'all' },
      { kind: 'goal', id: 'visit', name: 'Visit' },
      { kind: 'placement', id: 'mailing', name: 'Mailing' },
      campaign,
    ];
    await api('POST', '/v1/push', { documents });
    for (let start = 0; start < ROWS; start += BATCH) {
      const batch = log.slice(start, start + BATCH).map((row, i) => ({ row, index: start + i }));
      await sideBySide(batch, ({ row, index }) => playRow(row, index));
      versions.push(await settledVersion());
    }
  }, 240_000);

  afterAll(async () => {
    await stack?.runtime.stop();
    rmSync(state, { recursive: true, force: true });
  });

  it('counts every trial and every visit exactly, and publishes a new allocation after each batch', async () => {
    const { totals } = await api<PerformanceResponse>('GET', '/v1/campaigns/hillstrom/performance');
    expect(totals).toMatchObject({
      trials: rewards.length,
      conversions: rewards.filter((reward) => reward > 0).length,
    });
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });

  it("lands within sampling error of the engine's own replay of the same rows", () => {
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const engine = [1, 2, 3, 4, 5].flatMap(
      (seed) => play(log, compileCampaign(map, undefined, `s${seed}`), String(seed)).rewards,
    );
    const rate = mean(engine);
    const sd = Math.sqrt(rate * (1 - rate) * (1 / rewards.length + 1 / engine.length));
    expect(Math.abs(mean(rewards) - rate)).toBeLessThan(3 * sd);
    // A third of the rows count while the arms are even, more or less as the allocation leans to what was shown.
    expect(rewards.length).toBeGreaterThan(ROWS / 4);
  });

  it(`${RECEIPTS} receipts replay in Node to the same campaign, arm and propensities`, async () => {
    expect(decided.length).toBeGreaterThanOrEqual(RECEIPTS);
    await sideBySide(decided.slice(0, RECEIPTS), async (id) => {
      const answer = await api<{
        record: Record<string, unknown>;
        receipt: Receipt;
        slices: Record<string, RulesSlice>;
      }>('GET', `/v1/decisions/${id}`);
      const { chosen } = replay(answer.receipt, answer.slices)[0]!;
      expect({
        campaignId: chosen!.campaign.id,
        armId: chosen!.armId,
        propensityCampaign: chosen!.propensityCampaign,
        propensityArm: chosen!.propensityArm,
      }).toEqual({
        campaignId: answer.record.campaignId,
        armId: answer.record.armId,
        propensityCampaign: answer.record.propensityCampaign,
        propensityArm: answer.record.propensityArm,
      });
    });
  }, 60_000);
});
