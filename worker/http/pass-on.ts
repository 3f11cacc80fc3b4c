/** What the worker in front does not answer itself. */

/** The answer of the worker behind, which does all that is done around a request; undefined where it is not there. */
export async function passOn(
  behind: Pick<Fetcher, 'fetch'> | undefined,
  request: Request,
): Promise<Response | undefined> {
  try {
    return await behind?.fetch(request);
  } catch {
    // What failed there is in that worker's log; that it did is in ours, with the answer.
    return undefined;
  }
}
