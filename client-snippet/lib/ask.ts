/** Asks for decisions. Whatever goes wrong, and whatever takes too long, is no answer. */
import { customer } from './identity.ts';
import { page } from './page.ts';
import { post } from './post.ts';
import { settings } from './settings.ts';
import type { Answer } from './wire.ts';

/**
 * One `POST /v1/optimize` for at most 20 placements. Resolves within `timeoutMs`, with undefined when the API is slow, blocked or
 * broken; the request is called off then, since a late answer would replace what the visitor already reads. The answer is
 * unchecked: any JSON.
 */
export const ask = async (ids: string[]): Promise<Answer | undefined> => {
  try {
    const body = {
      // A misspelt id would have the whole request refused.
      placements: ids.filter((id) => /^[a-z\d][a-z\d_-]{0,63}$/.test(id)),
      customer: customer(),
      consent: settings.consent,
      preview: settings.preview,
      context: { ...page(), attributes: settings.attributes },
    };
    const answer = await (await post('optimize', body, { signal: AbortSignal.timeout(settings.timeoutMs) })).json();
    return answer.decisions.at && answer; // not a list: throws, or is none
  } catch {}
  return undefined;
};
