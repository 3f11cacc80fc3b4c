/** The runtime's HTTP API as the commands use it. */
import { type Problem, problem } from '../contract/problem.ts';
import { CommandFailure } from './failure.ts';

/** A publish compiles everything; a minute is far beyond the slowest. */
const TIMEOUT_MS = 60_000;

export interface Api {
  /** Origin of the runtime, without a trailing slash. */
  readonly site: string;
  readonly secretKey: string;
}

export type ApiReply =
  | { readonly outcome: 'done'; readonly body: unknown }
  | { readonly outcome: 'refused'; readonly problem: Problem };

/** Posts JSON text. Throws CommandFailure when nothing that speaks this API answers. */
export async function postJson(api: Api, path: string, body: string): Promise<ApiReply> {
  const response = await fetch(new URL(path, `${api.site}/`), {
    method: 'POST',
    headers: { authorization: `Bearer ${api.secretKey}`, 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new CommandFailure(`${api.site} does not answer (${reasonOf(error)}). Is it running? npm start`);
  });
  const text = await response.text();
  if (response.ok) return { outcome: 'done', body: JSON.parse(text) };
  const refused = problem.safeParse(parsed(text));
  if (!refused.success) throw new CommandFailure(`${api.site}${path} answered ${response.status} without saying why`);
  return { outcome: 'refused', problem: refused.data };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
