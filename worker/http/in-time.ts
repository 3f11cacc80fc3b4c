/** An answer by the request's deadline, whatever its parts do. */
import type { Call } from './call.ts';
import { type Deadline, LATE } from './deadline.ts';
import { noteError } from './errors.ts';
import { problem } from './problem.ts';

/** Of the deadline: those who stopped waiting at its end have a twentieth of it to say what they have. */
export const LAST_SHARE = 1.05;
/**
 * Turns of the microtask queue in which work may end before a timer is set for it: a decision that asks nobody takes five, and a timer costs as much
 * as its choice. Turns that nothing happens in take a microsecond or two together.
 */
const FREE_TURNS = 24;

/** Whether the work ends by itself, without anything from outside of the isolate. Once it waits by the deadline, which has its timer then, it does not. */
async function endsAtOnce(work: Promise<unknown>, deadline: Deadline): Promise<boolean> {
  let isOver = false;
  const note = () => {
    isOver = true;
  };
  work.then(note, note);
  for (let turn = 0; turn < FREE_TURNS && !isOver && !deadline.isWaited; turn += 1) await undefined;
  return isOver;
}

/**
 * The work's answer, or a stand-in when it does not come in time. With `standIn` a part that fails or talks nonsense is answered by it, too;
 * without, its error goes on to the caller.
 */
export async function answerInTime(
  c: Call,
  work: Promise<Response>,
  standIn: (() => Promise<Response>) | undefined,
): Promise<Response> {
  try {
    if (await endsAtOnce(work, c.deadline)) return await work;
    const answer = await c.deadline.within(work, LAST_SHARE);
    if (answer !== LATE) return answer;
  } catch (error) {
    if (!standIn) throw error;
    noteError(error, c);
  }
  if (!standIn) return problem(c, 'unavailable');
  // Whoever reads the log sees what was not decided, though it is answered with 200.
  c.problem = 'unavailable';
  return standIn();
}
