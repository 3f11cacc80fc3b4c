/** Watches simulated feedback as a campaign's root does: a look every five minutes, hours that were odd learned from no more. */
import { type Anomaly, findAnomalies, type Sensitivity } from '../../decisioning/evaluation/anomalies.ts';
import { BAND_HOURS, type Baseline, baselineOf } from '../../decisioning/evaluation/anomalies-baseline.ts';
import { type ArrivedHour, addParts } from '../../decisioning/evaluation/anomalies-counts.ts';
import type { Random } from '../../decisioning/random.ts';
import { type FeedbackWorld, feedbackOf, type Poisoning, STEPS_PER_HOUR } from './world.ts';

/** Before anything goes wrong: the bands know two weeks. */
const LEARNING_HOURS = BAND_HOURS;

/** What was found of one campaign. */
export interface WatchedRun {
  /** Minutes from the beginning of the poisoning to the first alarm; undefined when there was none in time. */
  readonly delayMinutes?: number;
  readonly anomaly?: Anomaly;
}

/** The first alarm of a campaign within so many hours after two weeks without looking. */
export function firstAlarm(
  world: FeedbackWorld,
  random: Random,
  hours: number,
  sensitivity: Sensitivity,
  poisoning?: Poisoning,
): WatchedRun {
  const feedback = feedbackOf(world, random);
  const history: ArrivedHour[] = [];
  // Poisonings begin at no particular minute of an hour, and of a day.
  const offset = Math.floor(random.next() * 24 * STEPS_PER_HOUR);
  const beginsAt = LEARNING_HOURS * STEPS_PER_HOUR + offset;
  let open: ArrivedHour = { hour: 0, parts: {} };
  let baseline: Baseline | null = null;
  for (let step = 0; step < beginsAt + hours * STEPS_PER_HOUR; step += 1) {
    const active = step >= beginsAt;
    open = { hour: open.hour, parts: addParts(open.parts, feedback.next(active ? poisoning : undefined)) };
    const elapsed = ((step % STEPS_PER_HOUR) + 1) / STEPS_PER_HOUR;
    if (active) {
      if (baseline?.hour !== open.hour) baseline = baselineOf(history, open.hour);
      const found = baseline && findAnomalies(baseline, open.parts, elapsed, sensitivity)[0];
      if (found) return { delayMinutes: (step + 1 - beginsAt) * (60 / STEPS_PER_HOUR), anomaly: found };
    }
    if (elapsed < 1) continue;
    history.push(open);
    open = { hour: open.hour + 1, parts: {} };
  }
  return {};
}
