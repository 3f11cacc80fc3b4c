import { describe, expect, it } from 'vitest';
import { MAX_COUNTER_WINDOW_MS, parseCounterPath } from './counter-paths.ts';

describe('parseCounterPath', () => {
  it.each([
    ['plan', 'not_a_counter'],
    ['touched.email.count.1d', 'not_a_counter'],
    ['touches', 'bad_shape'],
    ['touches.email', 'bad_shape'],
    ['touches.email.count', 'bad_shape'],
    ['touches.email.count.1d.x', 'bad_shape'],
    ['touches.email.count.1d.x.y.z', 'bad_shape'],
    ['touches.email.hoursSinceLast.1d', 'bad_shape'],
    ['touches.Email.count.1d', 'bad_name'],
    ['touches..count.1d', 'bad_name'],
    [`touches.${'a'.repeat(65)}.count.1d`, 'bad_name'],
    ['exposures.all.count.1d', 'bad_name'],
    ['touches.email.value.1d', 'bad_measure'],
    ['exposures.c1.hoursSinceLast', 'bad_measure'],
    ['outcomes.purchase.sum.1d', 'bad_measure'],
    ['outcomes.purchase.count.1w', 'bad_window'],
    ['outcomes.purchase.count.0d', 'bad_window'],
    ['outcomes.purchase.count.1.5', 'bad_shape'],
    ['outcomes.purchase.count.-1d', 'bad_window'],
    ['outcomes.purchase.count.9999999m', 'bad_window'],
    ['outcomes.purchase.count.91d', 'window_too_long'],
    ['outcomes.purchase.count.129601m', 'window_too_long'],
  ])('refuses %s as %s', (path, reason) => {
    expect(parseCounterPath(path)).toEqual({ ok: false, reason });
  });

  it('accepts exactly 90 days, in each unit', () => {
    for (const window of ['90d', '2160h', '129600m']) {
      const parsed = parseCounterPath(`outcomes.purchase.value.${window}`);
      expect(parsed.ok && parsed.counter.windowMs).toBe(MAX_COUNTER_WINDOW_MS);
    }
  });
});
