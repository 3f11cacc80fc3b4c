/** The map of an archive of finished tests: one row per arm with its counts, several rows a test. */
import * as z from 'zod';
import { strategy } from '../../../contract/configuration/strategy.ts';

/** As many batches as allocations a test gets; more learn hardly faster. */
const MAX_BATCHES = 10_000;

const column = z
  .strictObject({ column: z.string().min(1).max(200) })
  .meta({ description: 'Name of a column, as the header has it' });

/** Archives as they are written. */
export const testsMap = z.strictObject({
  mode: z.literal('tests').meta({
    description:
      'Each row is an arm of a finished test, with its counts: every test is played again from its shrunk rates',
  }),
  test: column.meta({ description: 'Names the test that a row belongs to' }),
  trials: column,
  conversions: column,
  batches: z.int().min(2).max(MAX_BATCHES).default(50).meta({ description: 'Allocations in the course of a test' }),
  strategy: strategy.prefault({ policy: 'thompson' }),
  prior: z
    .strictObject({ alpha: z.number().min(0.001).max(1_000_000), beta: z.number().min(0.001).max(1_000_000) })
    .default({ alpha: 1, beta: 1 })
    .meta({ description: "What is believed of every arm before its test, as `prior` of a campaign's arm" }),
});

export type TestsMap = z.output<typeof testsMap>;
