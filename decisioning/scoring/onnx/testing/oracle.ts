/** onnxruntime-web as the oracle: what it makes of a model, and how far from it ours is. */
import { openSession } from '../../../../models/engines/onnxruntime.ts';
import { openModel } from '../index.ts';

/** Every output that is numbers, by name. */
export type Scores = Readonly<Record<string, ArrayLike<number>>>;

/** What onnxruntime-web scores. @throws Error with its refusal */
export async function oracleScores(bytes: Uint8Array, rows: Float32Array, count: number): Promise<Scores> {
  const session = await openSession(bytes);
  if ('refused' in session) throw new Error(JSON.stringify(session));
  const scores = await session.run(rows, count);
  await session.close();
  return scores;
}

/** What ours scores. @throws Error with the refusal */
export function ownScores(bytes: Uint8Array, rows: Float32Array, count: number): Scores {
  const model = openModel(bytes);
  if ('refused' in model) throw new Error(JSON.stringify(model));
  return model.run(rows, count);
}

/** Difference of two numbers, absolute or relative to the second, whichever is less; 0 for NaN and NaN. */
export function distance(one: number, other: number): number {
  if (Object.is(one, other) || one === other) return 0;
  const absolute = Math.abs(one - other);
  const nearest = Math.min(absolute, absolute / Math.abs(other));
  // NaN against a number, or two infinities.
  return Number.isNaN(nearest) ? Infinity : nearest;
}

/** The largest distance, and where it is. */
export function farthest(ours: Scores, theirs: Scores): { distance: number; where: string } {
  let found = { distance: 0, where: '' };
  for (const [output, expected] of Object.entries(theirs)) {
    const own = ours[output];
    if (own?.length !== expected.length)
      return { distance: Infinity, where: `${output}: ${own?.length} numbers, not ${expected.length}` };
    for (let i = 0; i < expected.length; i++) {
      const far = distance(own[i]!, expected[i]!);
      if (far > found.distance) found = { distance: far, where: `${output}[${i}]: ${own[i]}, not ${expected[i]}` };
    }
  }
  return found;
}
