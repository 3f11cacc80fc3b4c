/**
 * Every alarm and every cron job: thrown at each of the things it waits for, before and after they are carried out, and then run three
 * times more. What it leaves is what one clean run leaves. The queue of the decision log: durable-objects/customer/log.test.ts.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { mend } from './chaos/parts.ts';
import { HANDLERS, type Scene } from './chaos/scenes.ts';
import { type Moment, Trip } from './chaos/trip.ts';

/** Things that one run waits for, at most: a handler that has more of them has not ended. */
const MAX_AWAITS = 60;
const REPLAYS = 3;

afterEach(mend);

async function cleanRun(make: () => Promise<Scene>): Promise<unknown> {
  const scene = await make();
  await scene.run(new Trip());
  return scene.digest();
}

describe('a handler that is thrown at and replayed leaves what a clean run leaves', () => {
  it.each(HANDLERS)(
    '%s',
    async (_, make) => {
      const clean = await cleanRun(make);
      let thrown = 0;
      for (const moment of ['before', 'after'] as const satisfies Moment[]) {
        for (let nth = 1; nth <= MAX_AWAITS; nth += 1) {
          const scene = await make();
          const trip = new Trip();
          trip.arm(nth, moment);
          await scene.run(trip).catch(() => undefined);
          trip.disarm();
          if (moment === 'after') await scene.evict().catch(() => undefined);
          for (let replay = 0; replay < REPLAYS; replay += 1) await scene.run(trip);
          expect({ nth, moment, left: await scene.digest() }).toEqual({ nth, moment, left: clean });
          if (!trip.sprung) break;
          thrown += 1;
          expect(nth).toBeLessThan(MAX_AWAITS);
        }
      }
      console.log(`thrown at ${thrown} awaits; left: ${JSON.stringify(clean)}`);
      expect(thrown).toBeGreaterThan(1);
    },
    120_000,
  );
});
