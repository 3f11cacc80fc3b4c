/** `GET /v1/campaigns/{id}/performance` and `GET /healthz`. */
import * as z from 'zod';
import { REFUSAL_REASONS } from '../decisioning/reasons.ts';

const interval = z.tuple([z.number(), z.number()]);

const figures = {
  exposures: z.int(),
  trials: z.int(),
  conversions: z.int(),
  rate: z.number().nullable(),
  revenueMinor: z.int(),
};

export const armPerformance = z
  .strictObject({
    arm: z.string(),
    ...figures,
    credibleInterval: interval.meta({ description: '95 % equal-tailed, of the posterior' }),
    pBest: z.number(),
    allocation: z.number().meta({ description: 'P(arm) now, exploration floor included' }),
  })
  .meta({ id: 'ArmPerformance' });

export const lift = z
  .strictObject({
    treated: z.strictObject({ customers: z.int(), converted: z.int(), rate: z.number().nullable() }),
    holdout: z.strictObject({ customers: z.int(), converted: z.int(), rate: z.number().nullable() }),
    absolute: z.number().nullable(),
    interval: interval.nullable(),
    relative: z.number().nullable(),
  })
  .meta({ id: 'Lift', description: 'Intent to treat, per customer from first eligibility' });

export const performanceResponse = z
  .strictObject({
    campaign: z.string(),
    goal: z.string(),
    asOf: z.iso.datetime(),
    allocationVersion: z.int(),
    totals: z.strictObject(figures),
    arms: z.array(armPerformance),
    leaves: z.array(z.strictObject({ leaf: z.string(), ...figures, arms: z.array(armPerformance) })),
    overTime: z.array(
      z.strictObject({
        hour: z.iso.datetime(),
        ...figures,
        arms: z.array(z.strictObject({ arm: z.string(), ...figures })),
      }),
    ),
    lift: lift.nullable(),
  })
  .meta({ id: 'Performance' });

export const healthResponse = z
  .strictObject({
    status: z.enum(['ok', 'degraded']),
    build: z.string(),
    catalogAgeMs: z.int().nullable().meta({ description: 'Since the slowest workspace last heard from its publisher' }),
    allocationAgeMs: z.int().nullable().meta({ description: 'Since the newest allocation was published' }),
    oldestUndeliveredMs: z
      .int()
      .nullable()
      .meta({ description: 'Age of the oldest outbox row known to be stuck; null when none is' }),
    refusals: z
      .partialRecord(z.enum(REFUSAL_REASONS), z.int())
      .meta({ description: 'Refusals by reason, counted by this isolate since it started' }),
  })
  .meta({ id: 'Health' });

export type PerformanceResponse = z.infer<typeof performanceResponse>;
export type HealthResponse = z.infer<typeof healthResponse>;
