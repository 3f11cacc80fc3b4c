/** What a spec of lifetime value says: where the orders are, what is forecast, and from which days it is learned. */
import * as z from 'zod';
import { modelInput } from '../../../contract/models/manifest.ts';
import { dataWords, readShape, specHead, word } from '../spec/head.ts';
import { COLUMNS } from './graph.ts';

const date = z.iso.date();
const days = z.int().min(1).max(3_650);
const column = z.int().min(0).max(63);

const boosting = z.strictObject({
  rounds: z.int().min(1).max(500),
  depth: z.int().min(1).max(8),
  learningRate: z.number().positive().max(1),
  l2: z.number().min(0),
  minWeight: z.number().positive(),
});

export const lifetimeSpec = z.strictObject({
  recipe: z.literal('lifetime'),
  ...specHead,
  data: z.strictObject({
    /** Lines of customer, date and value between spaces, plain or gzipped; relative to the spec. */
    orders: word,
    columns: z.strictObject({ customer: column, date: column, value: column, header: z.boolean().default(false) }),
    /** Customers who are measured with and never trained on: a list whose first column names them. */
    heldOut: word,
    ...dataWords,
  }),
  unit: word,
  /** In the order of the graph's columns: orders, days since the first, days since the last, mean value. */
  inputs: z.array(modelInput).length(COLUMNS.length),
  /** Last day of the orders that BG/NBD and Gamma-Gamma are fitted to. */
  fittedUntil: date,
  horizonDays: days,
  extrapolatedDays: days,
  /** Days on which customers are looked at, each with the horizon's orders after it in the data. */
  asOf: z.array(date).min(1).max(12),
  /** The published hold-out period: which day it follows, how long it is, and an earlier day and time that a correction is learned from. */
  comparison: z.strictObject({ day: date, days, earlierDay: date, earlierDays: days }),
  /** Lower and upper share of the interval. */
  interval: z.tuple([z.number().positive().max(0.5), z.number().min(0.5).max(0.999)]),
  correction: boosting,
  ends: boosting,
  gates: z.strictObject({
    /** Of the orders in the comparison's days, foretold by the parameters alone. */
    totalWithin: z.number().positive(),
    /** Of the transforms' distance from uniform. */
    distanceAtMost: z.number().positive(),
    /** Share of held-out customers at or below the interval's upper end, at least this near to what it should be. */
    coverageWithin: z.number().positive(),
  }),
});

export type LifetimeSpec = z.infer<typeof lifetimeSpec>;

/** @throws TrainingRefusal that names every field that is wrong */
export function checkLifetimeSpec(file: string, document: unknown): LifetimeSpec {
  return readShape(lifetimeSpec, file, document);
}
