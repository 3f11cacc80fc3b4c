/** Requests of an app: in place of `fetch`, with last decisions, a queue, and proofs that are fetched when they are needed. */
import { settings } from '../lib/settings.ts';
import type { Decision } from '../lib/wire.ts';
import { keepLast, lastOf } from './last.ts';
import { enqueue, type Fate, type Report } from './outbox.ts';

/** As much of `fetch` as is used. */
export type FetchLike = (
  url: string,
  init: { method: string; headers: Record<string, string>; body: string; signal?: never },
) => Promise<{ ok: boolean; status: number; json(): Promise<unknown> }>;

/** A proof is renewed this long before its end, so that it lasts for the way to the server. */
const PROOF_MARGIN_MS = 60_000;
/** A report needs no answer that a person waits for. */
const REPORT_TIMEOUT_MS = 10_000;

let send: FetchLike = async () => Promise.reject(new Error('not started'));
let proof: string | undefined;
let newProof: (() => Promise<string>) | undefined;

/** Asks the app for proofs of its customer from now on; undefined: for none. */
export const proveBy = (callback: (() => Promise<string>) | undefined): void => {
  newProof = callback;
  proof = undefined;
};

const isFresh = (candidate: string | undefined): boolean =>
  Number.parseInt(candidate ?? '0', 10) * 1_000 > Date.now() + PROOF_MARGIN_MS;

interface Body {
  customer?: { id?: string; proof?: string; anonymousId?: string };
  placements?: string[];
}

/** The body with a proof that still holds. Rejects when the app has none to give. */
const proven = async (text: string): Promise<string> => {
  const body = JSON.parse(text) as Body;
  const callback = newProof;
  if (!body.customer?.id || !callback) return text;
  if (!isFresh(proof)) {
    const given = await callback();
    if (callback === newProof) proof = given;
  }
  return JSON.stringify({ ...body, customer: { ...body.customer, proof } });
};

const url = (path: string): string => `${new URL(`/v1/${path}`, settings.api)}`;
const request = (path: string, body: string, signal: unknown) =>
  send(url(path), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    ...(signal ? { signal: signal as never } : {}),
  });

/** Rejects when the signal aborts: a callback of the app may take its time, a person may not be kept waiting. */
const aborted = (signal: unknown): Promise<never> =>
  new Promise((_, reject) => (signal as EventTarget | undefined)?.addEventListener('abort', reject));

/** The answer of the API, or the last decisions where there is none in time. */
const ask = async (body: string, signal: unknown): Promise<unknown> => {
  const { placements = [] } = JSON.parse(body) as Body;
  const mayKeep = (): boolean => settings.consent === 'granted' && !settings.preview;
  try {
    const asking = (async () => {
      const response = await request('optimize', await proven(body), signal);
      if (!response.ok) throw new Error(`${response.status}`);
      return (await response.json()) as { decisions: Decision[] };
    })();
    const answer = await Promise.race([asking, aborted(signal)]);
    if (mayKeep()) keepLast(answer.decisions, Date.now());
    return answer;
  } catch {
    return { decisions: mayKeep() ? lastOf(placements, Date.now()) : [] };
  }
};

/** What the API refuses for good is not sent again. */
export const report = async ({ path, body }: Report): Promise<Fate> => {
  const { status } = await request(path, await proven(body), AbortSignal.timeout(REPORT_TIMEOUT_MS));
  return status === 429 || status >= 500 ? 'again' : 'done';
};

/** Puts itself in place of `fetch`. */
export const connect = (own: FetchLike): void => {
  send = own;
  settings.fetch = (async (input: unknown, init: { body: string; signal?: unknown }) => {
    const path = `${input}`.replace(/^.*\/v1\//, '');
    if (path === 'optimize') {
      const answer = await ask(init.body, init.signal);
      return { json: async () => answer };
    }
    enqueue(path, init.body);
    return {};
  }) as unknown as typeof fetch;
};
