/** A watched campaign: odd feedback is told and held, nothing of it is lost, and a release gives what was never held. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test, vi } from 'vitest';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { DEFAULT_PHASES, DEFAULT_THRESHOLDS } from '../../decisioning/lifecycle/phases.ts';
import { revisionOf } from '../publisher/testing/fixtures.ts';
import { objectName } from '../shared/naming.ts';
import { CampaignRoot } from './root.ts';
import { newRoot } from './testing/evidence-root.ts';
import { newAddress, policyFor, source } from './testing/fixtures.ts';

const HOUR_MS = 3_600_000;
const FIRST_HOUR = 500_000;
const KNOWN_HOURS = 72;
const watch = { hold: true, sensitivity: 'normal' } as const;
const PATIENCE = { timeout: 10_000, interval: 20 };

/** What both arms bring in an hour, by two sites; `poisoned` adds an arm that always converts on one of them. */
function evidence(hour: number, poisoned = 0) {
  const cell = (arm: string, trials: number, conversions: number) => ({
    leaf: 'rest',
    arm,
    hour,
    statistics: {
      exposures: trials,
      trials,
      conversions,
      revenueMinor: conversions * 1_000,
      customers: 0,
      convertedCustomers: 0,
      customerRevenueMinor: 0,
    },
    sums: {
      'source:web': [trials - 20, conversions - 2, (conversions - 2) * 1_000],
      'source:app': [20, 2, 2_000],
    },
  });
  const more = hour % 3;
  return [cell('a', 200 + more + poisoned, 20 + more + poisoned), cell('b', 200 - more, 20 - more)];
}

type Root = ReturnType<typeof newRoot>;

/** Two hours before now, so that hours are those of the wall clock. */
async function play(
  root: Root,
  hours: number,
  options: { readonly policy: CampaignPolicy; readonly from?: number; readonly poisoned?: number },
) {
  const { policy, from = FIRST_HOUR, poisoned = 0 } = options;
  await root.run((object) => {
    if (!object.policy()) object.adopt(root.address, policy);
    for (let hour = from; hour < from + hours; hour += 1) {
      const cells = evidence(hour, poisoned);
      object.merge(
        {
          ...root.address,
          shard: 0,
          seq: hour,
          cells: cells.map(({ sums: _, ...cell }) => cell),
          vectors: cells.flatMap(({ leaf, arm, sums }) =>
            Object.entries(sums).map(([name, vector]) => ({ leaf, arm, hour, name, sums: vector })),
          ),
        },
        hour * HOUR_MS + 1_000,
      );
      object.feedback.look(hour * HOUR_MS + 30 * 60_000);
    }
  });
}

const learning = (root: Root) => root.run((object) => object.learning());

describe('a watched campaign', () => {
  test('is judged once two days are known, and honest feedback goes on being learned from', async () => {
    const root = newRoot();
    const policy = root.policy({ leaves: ['rest'], learning: { watch } });
    await play(root, 40, { policy });
    expect((await learning(root)).watch).toEqual({ holds: true, sensitivity: 'normal', knownHours: 39, judges: false });
    await play(root, KNOWN_HOURS, { policy, from: FIRST_HOUR + 40 });
    const view = await learning(root);
    expect(view.watch?.judges).toBe(true);
    expect(view.hold).toBeNull();
    expect(await root.run((object) => object.feedback.waitingAlerts())).toEqual([]);
  });

  test('holds what is odd within the hour, tells it by source and arm, and remembers both through an eviction', async () => {
    const root = newRoot();
    const policy = root.policy({ leaves: ['rest'], learning: { watch } });
    await play(root, KNOWN_HOURS, { policy });
    await play(root, 1, { policy, from: FIRST_HOUR + KNOWN_HOURS, poisoned: 80 });
    await evictDurableObject(root.stub);
    const { hold } = await learning(root);
    expect(hold).toMatchObject({ cause: 'anomaly', sinceMs: (FIRST_HOUR + KNOWN_HOURS) * HOUR_MS });
    expect(hold?.anomalies.map(({ kind, part }) => `${kind} ${part}`)).toContain('rate arm:a');
    expect(hold?.anomalies.map(({ kind, part }) => `${kind} ${part}`)).toContain('rate source:web');
    const alerts = await root.run((object) => object.feedback.waitingAlerts());
    expect(alerts[0]).toMatchObject({ kind: 'feedback_anomaly', subject: root.address.campaignId });
    expect(alerts[0]?.detail).toMatchObject({ learning: 'held', direction: 'high' });
    // Told once a day, whatever happens meanwhile.
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(alerts.length);
  });

  test('that only wants to be told goes on learning', async () => {
    const root = newRoot();
    const policy = root.policy({ leaves: ['rest'], learning: { watch: { ...watch, hold: false } } });
    await play(root, KNOWN_HOURS, { policy });
    await play(root, 1, { policy, from: FIRST_HOUR + KNOWN_HOURS, poisoned: 80 });
    expect((await learning(root)).hold).toBeNull();
    expect((await root.run((object) => object.feedback.waitingAlerts()))[0]?.detail.learning).toBe('goes on');
  });

  test('that declares nothing writes nothing down', async () => {
    const root = newRoot();
    await play(root, KNOWN_HOURS, { policy: root.policy({ leaves: ['rest'] }) });
    const rows = await root.run((_, sql) =>
      sql.exec<{ n: number }>('SELECT (SELECT count(*) FROM watch) + (SELECT count(*) FROM watched_hours) AS n').one(),
    );
    expect(rows.n).toBe(0);
    expect(await learning(root)).toEqual({ hold: null, watch: null, leftOut: [] });
  });
});

describe('a release', () => {
  const lifecycle = { phases: DEFAULT_PHASES, thresholds: DEFAULT_THRESHOLDS };
  const nowMs = (FIRST_HOUR + KNOWN_HOURS + 10) * HOUR_MS;

  /** A campaign with ten odd hours after many honest ones, and what it would publish once nothing is held. */
  async function held(changes: Partial<CampaignPolicy>) {
    const root = newRoot();
    const policy = root.policy({ leaves: ['rest'], ...changes });
    await play(root, KNOWN_HOURS, { policy });
    await play(root, 10, { policy, from: FIRST_HOUR + KNOWN_HOURS, poisoned: 80 });
    const allocation = () =>
      root.run((object) => {
        const { version: _, campaignId: _id, ...rest } = object.compute(policy, nowMs);
        return rest;
      });
    return { root, policy, allocation };
  }

  test.each<{ title: string; changes: Partial<CampaignPolicy> }>([
    { title: 'plain', changes: {} },
    { title: 'with phases', changes: { lifecycle } },
    { title: 'with a half-life', changes: { learning: { halfLifeMs: 48 * HOUR_MS } } },
  ])('that keeps all gives a $title campaign the allocation of one that was never held', async ({ changes }) => {
    const watched = await held({ ...changes, learning: { ...changes.learning, watch } });
    expect((await learning(watched.root)).hold).not.toBeNull();
    expect(await watched.root.run((object) => object.release({ keep: 'all' }, nowMs).outcome)).toBe('released');
    const never = await held(changes);
    expect((await learning(never.root)).hold).toBeNull();
    expect(await watched.allocation()).toEqual(await never.allocation());
    // What was odd is usual now: the watch learns anew from the hold on.
    expect((await learning(watched.root)).watch?.judges).toBe(false);
  });

  test.each<{ title: string; changes: Partial<CampaignPolicy> }>([
    { title: 'plain', changes: {} },
    { title: 'with phases', changes: { lifecycle } },
    { title: 'with a half-life', changes: { learning: { halfLifeMs: 48 * HOUR_MS } } },
    { title: 'with delay correction', changes: { learning: { delayCorrection: true } } },
  ])(
    'that keeps what was before gives a $title campaign the allocation of the honest hours alone',
    async ({ changes }) => {
      const watched = await held({ ...changes, learning: { ...changes.learning, watch } });
      await watched.root.run((object) => object.release({ keep: 'before' }, nowMs));
      const honest = newRoot();
      const policy = honest.policy({ leaves: ['rest'], ...changes });
      await play(honest, KNOWN_HOURS, { policy });
      const wanted = await honest.run((object) => object.compute(policy, nowMs));
      expect((await watched.allocation()).leaves).toEqual(wanted.leaves);
      const { leftOut, watch: known } = await learning(watched.root);
      expect(leftOut).toEqual([{ fromMs: (FIRST_HOUR + KNOWN_HOURS) * HOUR_MS, untilMs: nowMs + HOUR_MS }]);
      expect(known?.judges).toBe(true);
      // Counts have them all the same.
      const cells = await watched.root.run((object) => object.view(nowMs).cells);
      expect(cells.filter(({ hour }) => hour >= FIRST_HOUR + KNOWN_HOURS)).toHaveLength(20);
    },
  );

  test('that keeps what was before is not held again by the hours it left out, and is by the next odd one', async () => {
    const { root, policy } = await held({ learning: { watch } });
    const heldHour = FIRST_HOUR + KNOWN_HOURS + 9;
    // The hour is left out as a whole: what came before the release in it is judged no more.
    await root.run((object) => object.release({ keep: 'before' }, heldHour * HOUR_MS + 31 * 60_000));
    await root.run((object) => object.feedback.look(heldHour * HOUR_MS + 50 * 60_000));
    expect((await learning(root)).hold).toBeNull();
    await play(root, 3, { policy, from: heldHour + 1 });
    expect((await learning(root)).hold).toBeNull();
    await play(root, 1, { policy, from: heldHour + 4, poisoned: 80 });
    expect((await learning(root)).hold).toMatchObject({ sinceMs: (heldHour + 4) * HOUR_MS });
  });

  test('that leaves out hours from before the hold judges none of them again', async () => {
    const root = newRoot();
    const policy = root.policy({ leaves: ['rest'], learning: { watch: { ...watch, hold: false } } });
    await play(root, KNOWN_HOURS, { policy });
    // Nobody held these: a person finds them a day later.
    await play(root, 6, { policy, from: FIRST_HOUR + KNOWN_HOURS, poisoned: 12 });
    const since = (FIRST_HOUR + KNOWN_HOURS) * HOUR_MS;
    const now = (FIRST_HOUR + KNOWN_HOURS + 6) * HOUR_MS;
    await root.run((object) => {
      object.hold(root.address, 'ann', now);
      object.release({ keep: 'before', sinceMs: since }, now);
    });
    await play(root, 2, { policy, from: FIRST_HOUR + KNOWN_HOURS + 6 });
    const odd = await root.run((_, sql) =>
      sql.exec<{ hour: number }>('SELECT hour FROM watched_hours WHERE odd = 1 ORDER BY hour').toArray(),
    );
    expect(odd.map(({ hour }) => hour - FIRST_HOUR - KNOWN_HOURS)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('of what is not held is refused', async () => {
    const { root } = await held({});
    expect(await root.run((object) => object.release({ keep: 'all' }, nowMs))).toEqual({
      outcome: 'refused',
      reason: 'not_held',
    });
  });
});

describe('what is published meanwhile', () => {
  async function published(more: Partial<CampaignPolicy>) {
    const address = newAddress();
    const name = (kind: 'root' | 'publisher', ...id: string[]) =>
      objectName(source.NAMING_SECRET, address.workspaceId, kind, ...id);
    const publisher = source.PUBLISHER.getByName(await name('publisher'));
    const root = source.CAMPAIGN_ROOT.getByName(await name('root', address.campaignId));
    const { manifest, bodies } = await revisionOf(1);
    await publisher.putSlices(address.workspaceId, bodies);
    const policy = policyFor(address.campaignId, { leaves: ['rest'], ...more });
    await publisher.activate(address.workspaceId, manifest, [policy]);
    const allocation = async () => (await publisher.state(0)).allocations[0];
    await vi.waitUntil(allocation, PATIENCE);
    const hour = Math.floor(Date.now() / HOUR_MS);
    const merge = async (seq: number, cells: ReturnType<typeof evidence>) => {
      await root.merge({ ...address, shard: 0, seq, cells: cells.map(({ sums: _, ...cell }) => cell) });
      await runDurableObjectAlarm(root);
    };
    return { address, publisher, root, allocation, merge, hour };
  }

  test('by hand: nothing, until it is released; then all of it', async () => {
    const { address, root, allocation, merge, hour } = await published({});
    const before = await allocation();
    expect((await root.holdLearning(address, 'ann')).hold).toMatchObject({ cause: 'person', actor: 'ann' });
    await merge(1, evidence(hour, 80));
    expect(await allocation()).toEqual(before);
    const reply = await root.releaseLearning({ keep: 'all' });
    expect(reply.outcome).toBe('released');
    expect((await allocation())?.leaves.rest?.posteriors[0]?.alpha).toBeGreaterThan(90);
  });

  test('what was last built on hours in which nothing was odd, under a version of its own, and the alert', async () => {
    const { address, publisher, root, allocation, merge, hour } = await published({ learning: { watch } });
    // The past as the watch would have written it down, up to the hour that is open now.
    await runInDurableObject(root, (_object, { storage }) => {
      const past = new CampaignRoot(storage);
      for (let at = hour - KNOWN_HOURS; at < hour; at += 1) {
        const cells = evidence(at).map(({ sums: _, ...cell }) => cell);
        past.merge({ ...address, shard: 0, seq: at, cells }, at * HOUR_MS);
        if (at === hour - KNOWN_HOURS) storage.sql.exec('UPDATE watch SET hour = ?', at);
      }
    });
    await merge(hour, evidence(hour));
    const good = await allocation();
    await runInDurableObject(root, (_object, { storage }) =>
      storage.sql.exec('UPDATE watch SET looked_at_ms = 0, good = (SELECT allocation FROM root)'),
    );
    await merge(hour + 1, evidence(hour, 400));
    await vi.waitUntil(async () => (await root.learning()).hold, PATIENCE);
    const now = await allocation();
    expect(now?.leaves).toEqual(good?.leaves);
    expect(now?.version).toBeGreaterThan(good?.version ?? 0);
    const alerts = await publisher.alerts();
    expect(alerts[0]).toMatchObject({ kind: 'feedback_anomaly', subject: address.campaignId });
    expect(
      await runInDurableObject(root, (_object, { storage }) => new CampaignRoot(storage).feedback.waitingAlerts()),
    ).toEqual([]);
    await root.releaseLearning({ keep: 'all' });
    expect((await allocation())?.leaves).not.toEqual(good?.leaves);
  });
});
