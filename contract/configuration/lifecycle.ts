/** The phases of a campaign's life: how much it explores, whom it addresses, and when it moves on. */
import * as z from 'zod';
import {
  DEFAULT_DRIFT,
  DEFAULT_PHASES,
  DEFAULT_THRESHOLDS,
  type DriftRules,
  type LifecycleRules,
  type PhaseSettings,
} from '../../decisioning/lifecycle/phases.ts';
import { duration, durationMs, share } from '../primitives.ts';

const HOUR_MS = 3_600_000;
/** Above this a phase would be a draw and no policy; a phase of its own for that is a fixed split. */
const MAX_PHASE_FLOOR = 0.9;
/** Below a thousandth the phase would last for ever. */
const MIN_ADMITTED = 0.001;
/** An arm with so many trials is known to a hundredth of its rate; asking for more would keep a campaign from ever moving on. */
const MAX_TRIALS_PER_ARM = 1_000_000;
/** A campaign watched by the hour for eleven years: rarer false alarms than that are none. */
const MAX_BUCKETS_PER_FALSE_ALARM = 100_000;

function phase({ floor, admitted, modelWeight }: PhaseSettings) {
  return z
    .strictObject({
      floor: z.number().min(0).max(MAX_PHASE_FLOOR).default(floor).meta({
        description: 'Exploration floor; the `minExploration` of the strategy where that is more',
      }),
      admitted: z
        .number()
        .min(MIN_ADMITTED)
        .max(1)
        .default(admitted)
        .meta({ description: 'Share of the customers that the campaign addresses' }),
      modelWeight: share
        .default(modelWeight)
        .meta({ description: 'How much of the `modelWeight` of the strategy counts' }),
    })
    .prefault({});
}

const wholeHours = duration
  .refine((text) => (durationMs(text) ?? 0) % HOUR_MS === 0, 'must be whole hours, like "24h" or "7d"')
  .transform((text) => (durationMs(text) as number) / HOUR_MS);

const drift = z
  .strictObject({
    bucket: wholeHours.prefault(`${DEFAULT_DRIFT.bucketHours}h`),
    settle: wholeHours
      .prefault(`${DEFAULT_DRIFT.settleHours}h`)
      .meta({ description: 'How long a bucket waits for conversions that come late' }),
    bucketsPerFalseAlarm: z
      .int()
      .min(10)
      .max(MAX_BUCKETS_PER_FALSE_ALARM)
      .default(DEFAULT_DRIFT.bucketsPerFalseAlarm)
      .meta({ description: 'Buckets between two false alarms, on average, while no rate changes' }),
  })
  .transform(
    ({ bucket, settle, bucketsPerFalseAlarm }): DriftRules => ({
      bucketHours: bucket,
      settleHours: settle,
      bucketsPerFalseAlarm,
    }),
  );

const thresholds = z.strictObject({
  trialsPerArm: z.int().min(1).max(MAX_TRIALS_PER_ARM).default(DEFAULT_THRESHOLDS.trialsPerArm),
  pBest: z.number().min(0.5).max(0.9999).default(DEFAULT_THRESHOLDS.pBest),
  expectedLoss: z.number().min(0).max(1).default(DEFAULT_THRESHOLDS.expectedLoss),
  width: z.number().min(0.01).max(10).default(DEFAULT_THRESHOLDS.width),
});

/** As it is written: a field that is left out has its default, and `lifecycle: {}` has all of them. */
export const lifecycle = z
  .strictObject({
    initialization: phase(DEFAULT_PHASES.initialization),
    learning: phase(DEFAULT_PHASES.learning),
    optimization: phase(DEFAULT_PHASES.optimization),
    thresholds: thresholds.prefault({}),
    drift: z
      .union([z.literal(false), drift])
      .prefault({})
      .meta({ description: 'How changes of rates are watched for; false: not at all' }),
  })
  .transform(({ thresholds, drift, ...phases }): LifecycleRules => ({ phases, thresholds, ...(drift && { drift }) }))
  .meta({ description: 'Phases from a careful start to full use; without it there are none' });
