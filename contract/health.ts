/** `GET /healthz`. */
import * as z from 'zod';
import { REFUSAL_REASONS } from '../decisioning/reasons.ts';

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

export type HealthResponse = z.infer<typeof healthResponse>;
