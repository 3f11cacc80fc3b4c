/** The last resort: exceptions become problem documents here and nowhere else. */
import type { Call } from './call.ts';
import { log } from './log.ts';
import { problem } from './problem.ts';
import { isUnavailable } from './unavailable.ts';

/**
 * Where the exception was thrown: function and file only, since messages may quote what a customer sent. A stack begins with the message, and a
 * message may have lines that look like frames: what stands before its end is cut off.
 */
function origin({ stack, message }: Error): string | undefined {
  const frames = stack?.slice(Math.max(0, stack.indexOf(message)) + message.length);
  return frames
    ?.split('\n')
    .find((line) => line.trimStart().startsWith('at '))
    ?.trim();
}

/** Logs an exception: its class and where it was thrown. */
export function noteError(error: unknown, c: Call): void {
  const known = error instanceof Error ? { error: error.name, at: origin(error) } : { error: typeof error };
  log({ level: 'error', route: c.route, ...known });
}

/** Answers 503 for a part that is down and 500 for everything else; neither message nor stack reaches the caller. */
export function answerError(error: unknown, c: Call): Response {
  noteError(error, c);
  return problem(c, isUnavailable(error) ? 'unavailable' : 'internal');
}
