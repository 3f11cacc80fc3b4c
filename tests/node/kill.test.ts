/** workerd killed under load, in short: `npm run chaos:kill` does it a hundred times. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Account } from '../chaos/account.ts';
import { killUnderLoad } from '../chaos/run.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('workerd killed under load', () => {
  it('three times: nothing that was acknowledged is lost, nothing counts twice, and no cap is passed', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'kill-'));
    const report = await killUnderLoad({
      root,
      stateDir,
      kills: 3,
      events: 800,
      parallel: 8,
      seed: 7,
      stillMs: 11_000,
    });
    expect(report.findings).toEqual([]);
    expect(report.kills).toBe(3);
    expect(report.acknowledged).toBeGreaterThanOrEqual(800);
    expect(report.mostGranted).toBeLessThanOrEqual(report.cap);
    expect(report.postedMinor).toBeGreaterThan(0);
  }, 240_000);
});

describe('the books of its client', () => {
  it('an acknowledged event must be counted, one that was only sent may be, a repeat adds nothing', () => {
    const account = new Account();
    account.send('d1', 'exposure', 'c');
    account.send('d2', 'exposure', 'c');
    account.send('d2', 'goal', 'c');
    account.acknowledge('d1', 'exposure');
    account.acknowledge('d1', 'exposure');
    expect(account.promised('c')).toEqual({
      least: { exposures: 1, conversions: 0 },
      most: { exposures: 2, conversions: 1 },
    });
    expect([account.acknowledged, account.repeated]).toEqual([1, 1]);
    expect(() => account.acknowledge('d3', 'goal')).toThrow('never sent');
  });
});
