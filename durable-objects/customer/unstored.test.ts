import { describe, expect, it } from 'vitest';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import { ANONYMOUS_IDLE_MS, UNWRITTEN_VISITS_MS } from './limits.ts';
import { customerOf, DAY_MS, START_MS, tablesOf, worldOf } from './testing/fixtures.ts';

const world = worldOf('unstored', configurationOf([campaignOf('c')]));

const storedDecisions = async (who: ReturnType<typeof customerOf>) => ((await tablesOf(who)).decisions ?? []).length;

describe('an anonymous customer of whom something is kept', () => {
  it(`has a visit written down after ${UNWRITTEN_VISITS_MS / DAY_MS} day, and not before`, async () => {
    const visitor = customerOf(world, 'daily', true);
    await visitor.decide('first', START_MS);
    const written = await storedDecisions(visitor);
    await visitor.decide('soon', START_MS + UNWRITTEN_VISITS_MS - 1, { mayDefer: true });
    expect(await storedDecisions(visitor)).toBe(written);
    await visitor.decide('later', START_MS + UNWRITTEN_VISITS_MS, { mayDefer: true });
    expect(await storedDecisions(visitor)).toBe(written + 1);
    // And again from there.
    await visitor.decide('soon after', START_MS + UNWRITTEN_VISITS_MS + 1, { mayDefer: true });
    expect(await storedDecisions(visitor)).toBe(written + 1);
  });

  it('is written down well before it counts as gone', () => {
    expect(UNWRITTEN_VISITS_MS).toBeLessThan(ANONYMOUS_IDLE_MS / 2);
  });
});

describe('a known customer', () => {
  it('has no visit written down that leaves no mark: nothing of theirs goes by idling', async () => {
    const ann = customerOf(world, 'ann');
    await ann.decide('first', START_MS);
    const written = await storedDecisions(ann);
    await ann.decide('later', START_MS + 5 * UNWRITTEN_VISITS_MS, { mayDefer: true });
    expect(await storedDecisions(ann)).toBe(written);
  });
});
