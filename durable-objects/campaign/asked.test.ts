import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { DEFAULT_PHASES, DEFAULT_THRESHOLDS } from '../../decisioning/lifecycle/phases.ts';
import { MAX_ASKED_KEPT, once } from './asked.ts';
import { CampaignRoot } from './root.ts';
import { newAddress, policyFor, source } from './testing/fixtures.ts';

const NOW_MS = 1_800_000_000_000;

function newRoot() {
  const address = newAddress();
  const stub = source.CAMPAIGN_ROOT.getByName(`asked-${address.campaignId}`);
  const run = <T>(step: (root: CampaignRoot, sql: SqlStorage) => T | Promise<T>): Promise<T> =>
    runInDurableObject(stub, (_object, { storage }) => step(new CampaignRoot(storage), storage.sql));
  return { address, stub, run };
}

describe('what people ask of a root', () => {
  test('a hold that comes again after its release holds nothing, also after the object was evicted', async () => {
    const { address, stub, run } = newRoot();
    await run((root) => {
      root.hold(address, 'kim', NOW_MS, 'r1');
      expect(root.release({ keep: 'all' }, NOW_MS + 1, 'r2')).toMatchObject({ outcome: 'released' });
    });
    await evictDurableObject(stub);
    expect(await run((root) => root.hold(address, 'kim', NOW_MS + 2, 'r1').hold)).toBeNull();
    expect(await run((root) => root.hold(address, 'kim', NOW_MS + 3, 'r3').hold)).not.toBeNull();
  });

  test('a release that comes again does not end the hold that began since, and is answered as it was', async () => {
    const { address, run } = newRoot();
    await run((root) => {
      root.hold(address, 'kim', NOW_MS, 'r1');
      root.release({ keep: 'all' }, NOW_MS + 1, 'r2');
      root.hold(address, 'kim', NOW_MS + 2, 'r3');
      expect(root.release({ keep: 'all' }, NOW_MS + 3, 'r2')).toMatchObject({ outcome: 'released' });
      expect(root.isHeld()).toBe(true);
    });
  });

  test('a release that was refused stays refused', async () => {
    const { address, run } = newRoot();
    await run((root) => {
      const refused = { outcome: 'refused', reason: 'not_held' };
      expect(root.release({ keep: 'all' }, NOW_MS, 'r1')).toEqual(refused);
      root.hold(address, 'kim', NOW_MS + 1, 'r2');
      expect(root.release({ keep: 'all' }, NOW_MS + 2, 'r1')).toEqual(refused);
      expect(root.isHeld()).toBe(true);
    });
  });

  test('a phase that is forced late does not take the campaign back', async () => {
    const { address, run } = newRoot();
    const lifecycle = { phases: DEFAULT_PHASES, thresholds: DEFAULT_THRESHOLDS };
    await run((root) => {
      root.adopt(address, policyFor(address.campaignId, { lifecycle }));
      root.steer({ mode: 'hold' }, 'kim', NOW_MS, 'r1');
      expect(root.steer({ mode: 'auto' }, 'kim', NOW_MS + 1, 'r2')?.mode).toBe('auto');
      const wanted = root.wantedSeq();
      expect(root.steer({ mode: 'hold' }, 'kim', NOW_MS + 2, 'r1')?.mode).toBe('auto');
      expect(root.wantedSeq()).toBe(wanted);
    });
  });

  test('without a name, from a worker of the last release, it is done each time it comes', async () => {
    const { address, run } = newRoot();
    await run((root) => {
      root.hold(address, 'kim', NOW_MS);
      root.release({ keep: 'all' }, NOW_MS + 1);
      expect(root.hold(address, 'kim', NOW_MS + 2).hold).not.toBeNull();
    });
  });

  test('is kept for the latest requests, and refused under a name that is none', async () => {
    const { run } = newRoot();
    await run((_root, sql) => {
      let done = 0;
      const ask = (requestId: string) => once(sql, requestId, () => `${++done}`);
      for (let i = 0; i <= MAX_ASKED_KEPT; i += 1) ask(`r${i}`);
      expect(ask('r1')).toBe('2');
      expect(ask('r0')).toBe(`${MAX_ASKED_KEPT + 2}`);
      expect(sql.exec('SELECT 1 FROM asked').toArray()).toHaveLength(MAX_ASKED_KEPT);
      for (const name of ['', 'x'.repeat(73)]) expect(() => ask(name)).toThrow('requestId');
    });
  });
});
