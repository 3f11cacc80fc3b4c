import { describe, expect, it } from 'vitest';
import { Timing } from './timing.ts';

describe('Server-Timing', () => {
  it('tells each span and the total; an open span lasts until now; a second end changes nothing', () => {
    let nowMs = 100;
    const timing = new Timing(() => nowMs);
    const end = timing.start('object');
    nowMs = 107.26;
    end();
    timing.start('rest');
    nowMs = 110;
    end();
    timing.add('decide', 1.5);
    expect(timing.header()).toBe('object;dur=7.3, rest;dur=2.7, decide;dur=1.5, total;dur=10.0');
  });

  it('never grows beyond its limit', () => {
    const timing = new Timing(() => 0);
    for (let i = 0; i < 100; i += 1) timing.start(`s${i}`)();
    expect(timing.header().split(', ')).toHaveLength(17);
  });
});
