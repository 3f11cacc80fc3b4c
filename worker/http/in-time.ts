/** An answer by the request's deadline, whatever its parts do. */
import type { Call } from './call.ts';
import { LATE } from './deadline.ts';
import { noteError } from './errors.ts';
import { problem } from './problem.ts';

/** Of the deadline: those who stopped waiting at its end have a twentieth of it to say what they have. */
export const LAST_SHARE = 1.05;

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
