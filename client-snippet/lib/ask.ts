/** Asks for decisions. Whatever goes wrong, and whatever takes too long, is no answer. */
import { customer } from './identity.ts';
import { post } from './post.ts';
import { mayStore, settings } from './settings.ts';
import type { Answer } from './wire.ts';

/**
 * An address as a request may name it: without its fragment, no longer than the contract takes, and before consent without
 * parameters but the `utm_` ones: those name campaigns, others may name people.
 */
const pageUrl = (address: string): string => {
  const maxLength = 2_048;
  const page = address.split('#')[0] as string;
  return (mayStore() ? page : page.replace(/([?&])(?!utm_)[^&]*/g, '$1')).slice(0, maxLength);
};

/**
 * One `POST /v1/optimize` for at most 20 placements. Resolves within `timeoutMs`, with undefined when the API is slow, blocked or
 * broken; the request is called off then, since a late answer would replace what the visitor already reads. The answer is
 * unchecked: any JSON.
 */
export const ask = async (ids: string[]): Promise<Answer | undefined> => {
  try {
    const { consent, preview, attributes, timeoutMs } = settings;
    const body = {
      // A misspelt id would have the whole request refused.
      placements: ids.filter((id) => /^[a-z\d][a-z\d_-]{0,63}$/.test(id)),
      customer: customer(),
      consent,
      preview,
      context: {
        url: pageUrl(location.href),
        referrer: pageUrl(document.referrer),
        language: navigator.language,
        attributes,
      },
    };
    return await (await post('optimize', body, { signal: AbortSignal.timeout(timeoutMs) })).json();
  } catch {
    return undefined;
  }
};
