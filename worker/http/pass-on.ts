/** What the worker in front does not answer itself. */

/** The answer of the worker behind, which does all that is done around a request; undefined where it is not there. */
export async function passOn(
  behind: Pick<Fetcher, 'fetch'> | undefined,
  request: Request,
): Promise<Response | undefined> {
  try {
    // Its address put in order here: what the runtime leaves out on the way is less than what a reader does, and nothing is decided for behind.
    const { href } = new URL(request.url);
    return await behind?.fetch(href === request.url ? request : new Request(href, request));
  } catch {
    // What failed there is in that worker's log; that it did is in ours, with the answer.
    return undefined;
  }
}
