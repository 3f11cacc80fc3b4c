/** Tokens of decisions that were made here: asked for behind the page, and put into reports in place of the names they had until then. */
import type { Feedback } from '../../lib/wire.ts';

/** Asks for the tokens of one request's decisions, by placement; rejects while there is no network. */
export type Ask = () => Promise<Record<string, string>>;

/** What the names of decisions begin with, and no token does. */
export const MARK = 'device.';
const asks = new Map<string, Ask>();

/** Asks once, and again after it went wrong. */
export const once = (ask: Ask): Ask => {
  let answer: ReturnType<Ask> | undefined;
  return () => {
    answer ??= ask().catch(() => {
      answer = undefined;
      return {};
    });
    return answer;
  };
};

/**
 * The token of a decision by its name, `device.<what was decided>.<placement>`; undefined when there is none, or none yet.
 *
 * @param ask who gives it; a name that is known keeps its own
 */
export const tokenOf = async (name: string, ask?: Ask): Promise<string | undefined> => {
  if (ask && !asks.has(name)) asks.set(name, ask);
  return (await asks.get(name)?.())?.[name.split('.').pop() as string];
};

/** Events with tokens where they named decisions; those of decisions that got none are left out. */
export const withTokens = async (events: Feedback[]): Promise<Feedback[]> => {
  const named: Feedback[] = [];
  for (const event of events) {
    const token = event.token.startsWith(MARK) ? await tokenOf(event.token) : event.token;
    if (token) named.push({ ...event, token });
  }
  return named;
};
