/** Objects that die at one await after the other: what reached the disk until then is seen to. */
import { afterEach, describe, expect, test } from 'vitest';
import { unpackDecision } from '../../durable-objects/customer/decision-rows.ts';
import { Cluster } from './cluster.ts';
import { unrest } from './end.ts';
import { Oracle } from './oracle.ts';
import { Play } from './play.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** As many as a call makes. */
const ATTEMPTS = 3;

const clusters: Cluster[] = [];
afterEach(() => {
  for (const cluster of clusters.splice(0)) cluster.close();
});

/** A known customer who was shown something, and whose object has been evicted since. */
async function scene() {
  const cluster = new Cluster({ seed: 1 });
  clusters.push(cluster);
  const play = new Play(cluster, new Oracle());
  const isolate = play.isolates[0]!;
  const pass = (ms: number) => cluster.loop.until(cluster.loop.nowMs + ms);
  void isolate.run(() => play.publish());
  await pass(MINUTE_MS);
  const [placement, decisionId] = ['hero', 'ann.1.hero'];
  const requests = [{ placement, decisionId, seed: '0123456789abcdef'.repeat(2) }];
  const request = { name: 'ann', anonymous: false, requestId: '1', placements: [placement], requests };
  const answered = isolate.run(() => isolate.optimize(request));
  await pass(MINUTE_MS);
  const answer = await answered;
  const record = answer.outcome === 'decided' ? answer.decisions[0]?.record : null;
  if (!record) throw new Error('nothing was decided');
  const object = cluster.object('customer', 'ann');
  object.crash('written');
  return { cluster, isolate, object, record, pass };
}

/** Every attempt of a call ends at one of its awaits. @returns how many did so far */
function strikeAt(cluster: Cluster, await_: string, last: number): () => number {
  let deaths = 0;
  let passed = 0;
  cluster.strike = (step) => {
    if (step !== await_ || deaths === ATTEMPTS) return null;
    passed += 1;
    if (passed < last) return null;
    passed = 0;
    deaths += 1;
    return 'written';
  };
  return () => deaths;
}

describe('an exposure that is reported', () => {
  test.each([1, 2])(
    'leaves nothing that no alarm stands for, should every attempt end at await %i of the object',
    async (last) => {
      const { cluster, isolate, object, record, pass } = await scene();
      const deaths = strikeAt(cluster, 'customer.feedback await', last);
      const told = isolate.run(() => isolate.feedback('ann', [{ index: 0, record, kind: 'exposure' }]));
      await pass(MINUTE_MS);
      expect(deaths()).toBeGreaterThan(0);
      if (deaths() === ATTEMPTS) expect(await told).toBeNull();
      cluster.strike = null;
      await pass(HOUR_MS);
      const [row] = object.database.exec('SELECT id, at_ms, decision FROM decisions', []).toArray();
      const { exposedAtMs } = unpackDecision(row?.id as string, row?.at_ms as number, row?.decision as string);
      expect(exposedAtMs === null).toBe(last === 1);
      expect(unrest(cluster)).toBeNull();
    },
  );
});

describe('a decision that claims units', () => {
  test.each([1, 2])(
    'is not there without the alarm that gives them back, should every attempt end at await %i of the object',
    async (last) => {
      const { cluster, isolate, object, pass } = await scene();
      // The alarms of before have rung.
      await pass(HOUR_MS);
      object.crash('written');
      expect(object.alarmAtMs).toBeNull();
      const deaths = strikeAt(cluster, 'customer.decide await', last);
      const [placement, decisionId] = ['letter', 'ann.2.letter'];
      const requests = [{ placement, decisionId, seed: '0123456789abcdef'.repeat(2) }];
      void isolate.run(() =>
        isolate.optimize({ name: 'ann', anonymous: false, requestId: '2', placements: [placement], requests }),
      );
      await pass(MINUTE_MS);
      expect(deaths()).toBeGreaterThan(0);
      cluster.strike = null;
      const rows = object.database
        .exec('SELECT id, at_ms, decision FROM decisions WHERE id = ?', [decisionId])
        .toArray();
      const claims = rows.flatMap(
        (row) => unpackDecision(decisionId, row.at_ms as number, row.decision as string).claims,
      );
      expect(claims).toHaveLength(last === 1 ? 0 : 1);
      if (last === 2) expect(claims[0]?.units).toBeGreaterThan(0);
      expect(object.alarmAtMs === null).toBe(last === 1);
    },
  );
});
