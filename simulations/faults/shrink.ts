/**
 * The shortest history found that still goes wrong: operations are left out, in ever smaller pieces (delta debugging, Zeller and
 * Hildebrandt 2002), then the weather over each that remains is calmed, then the waits between them are cut.
 */
import type { Operation, Plan } from './operations.ts';
import { type Result, run } from './run.ts';

/** A history of 500 operations comes down to some ten within this many tries. */
const MAX_TRIES = 400;

export interface Shortest {
  readonly plan: Plan;
  readonly result: Result;
  readonly tries: number;
}

/** How to see a history again. */
export function replayCommand(seed: number, steps: number): string {
  return `npm run simulate:long -- --from ${seed} --seeds 1 --steps ${steps}`;
}

/** The kind of a violation: what stands before its colon. A shorter history must go wrong in the same way. */
function kindOf({ violation }: Result): string | undefined {
  return violation?.split(':')[0];
}

/**
 * Cuts a history down.
 *
 * @param plan goes wrong
 * @throws Error when it does not
 */
export async function shortest(plan: Plan, maxTries = MAX_TRIES): Promise<Shortest> {
  let best = plan;
  let result = await run(plan);
  let tries = 1;
  const wanted = kindOf(result);
  if (wanted === undefined) throw new Error('this history goes well');
  const attempt = async (operations: readonly Operation[], skewed = best.skewed): Promise<boolean> => {
    if (tries >= maxTries) return false;
    tries += 1;
    const shorter = { ...best, operations, skewed };
    const other = await run(shorter);
    if (kindOf(other) !== wanted) return false;
    best = { ...shorter, operations: operations.slice(0, Math.max(1, other.step)) };
    result = other;
    return true;
  };
  await attempt(best.operations.slice(0, result.step));
  if (best.skewed) await attempt(best.operations, false);
  for (let size = Math.ceil(best.operations.length / 2); size >= 1 && tries < maxTries; ) {
    let cut = false;
    for (let from = 0; from < best.operations.length && tries < maxTries; ) {
      const { operations } = best;
      const without = [...operations.slice(0, from), ...operations.slice(from + size)];
      if (without.length < operations.length && without.length > 0 && (await attempt(without))) cut = true;
      else from += size;
    }
    if (size === 1 && !cut) break;
    size = cut ? Math.min(size, Math.ceil(best.operations.length / 2)) : Math.floor(size / 2);
  }
  await calm(() => best.operations, attempt);
  return { plan: best, result, tries };
}

async function calm(
  current: () => readonly Operation[],
  attempt: (operations: readonly Operation[]) => Promise<boolean>,
): Promise<void> {
  for (let i = 0; i < current().length; i += 1) {
    const change = (part: Partial<Operation>) =>
      attempt(current().map((operation, at) => (at === i ? { ...operation, ...part } : operation)));
    if (current()[i]!.weather !== 'calm') await change({ weather: 'calm' });
    if ((current()[i]?.thenMs ?? 0) > 0) await change({ thenMs: 0 });
  }
}

/** Cuts a history down and tells it: what goes wrong, the operations that remain, and the command that plays the whole. */
export async function tellShortest(plan: Plan): Promise<string> {
  const { plan: cut, result, tries } = await shortest(plan);
  const told = await run(cut, { log: true });
  const operations = cut.operations.map(
    ({ kind, seed, thenMs, weather }) => `  ${kind} (seed ${seed}, ${weather}), then ${thenMs} ms`,
  );
  return [
    `seed ${plan.seed}: ${result.violation}`,
    `shortest history found (${cut.operations.length} of ${plan.operations.length} operations, ${tries} tries${cut.skewed ? ', clocks differ' : ''}):`,
    ...operations,
    'what happened:',
    ...told.log.map((line) => `  ${line}`),
    `replay: ${replayCommand(plan.seed, plan.operations.length)}`,
  ].join('\n');
}
