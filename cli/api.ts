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
  | { readonly outcome: 'done'; readonly body: unknown; readonly etag: string | null }
  | { readonly outcome: 'refused'; readonly problem: Problem };

/** One request; bodies are JSON text. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: string;
  /** Version that the change is based on. */
  readonly ifMatch?: string;
}

/** Posts JSON text. Throws CommandFailure when nothing that speaks this API answers. */
export function postJson(api: Api, path: string, body: string): Promise<ApiReply> {
  return callApi(api, { method: 'POST', path, body });
}

/** Sends one request. Throws CommandFailure when nothing that speaks this API answers. */
export async function callApi(api: Api, { method, path, body, ifMatch }: ApiRequest): Promise<ApiReply> {
  const response = await fetch(new URL(path, `${api.site}/`), {
    method,
    headers: {
      authorization: `Bearer ${api.secretKey}`,
      'content-type': 'application/json',
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new CommandFailure(`${api.site} does not answer (${reasonOf(error)}). Is it running? npm start`);
  });
  const text = await response.text();
  if (response.ok)
    return { outcome: 'done', body: text === '' ? null : JSON.parse(text), etag: response.headers.get('etag') };
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
