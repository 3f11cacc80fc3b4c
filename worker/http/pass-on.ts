/** What the worker in front does not answer itself. */
import { PROBLEMS } from '../../contract/problem.ts';
import { RETRY_AFTER_SECONDS } from './problem.ts';

/** The answer of the worker behind, which does all that is done around a request; 503 where it is not there. */
export async function passOn(behind: Pick<Fetcher, 'fetch'> | undefined, request: Request): Promise<Response> {
  try {
    if (behind) return await behind.fetch(request);
  } catch {
    // Told below: what failed there is in that worker's log.
  }
  const { status, title } = PROBLEMS.unavailable;
  return Response.json(
    { type: '/problems/unavailable', title, status, instance: new URL(request.url).pathname },
    {
      status,
      headers: {
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        'retry-after': String(RETRY_AFTER_SECONDS),
      },
    },
  );
}
