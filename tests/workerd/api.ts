/** The API as a client sees it: requests through the worker's own entry, real objects and database behind it. */
import { exports } from 'cloudflare:workers';
import type { OptimizeResponse } from '../../contract/decisions.ts';
import type { EventsResponse } from '../../contract/events.ts';
import type { PerformanceResponse } from '../../contract/performance.ts';
import type { TestWorkspace } from './workspace.ts';

const BASE = 'https://api.example';

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

/** One request; JSON in and out. */
export async function call<T>(
  method: string,
  path: string,
  key: string | undefined,
  body?: unknown,
  headers: Record<string, string> = {},
  base = BASE,
): Promise<Answer<T>> {
  const response = await exports.default.fetch(
    new Request(`${base}${path}`, {
      method,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? undefined : JSON.parse(text)) as T,
  };
}

/** A workspace's API, with its secret key. */
export function apiOf(workspace: TestWorkspace) {
  const secret = <T>(method: string, path: string, body?: unknown) => call<T>(method, path, workspace.secretKey, body);
  const page = <T>(path: string, body: unknown) =>
    call<T>('POST', path, workspace.publishableKey, body, { origin: workspace.origin });
  return {
    secret,
    page,
    optimize: (body: Record<string, unknown>) => secret<OptimizeResponse>('POST', '/v1/optimize', body),
    optimizeFromPage: (body: Record<string, unknown>) => page<OptimizeResponse>('/v1/optimize', body),
    feedback: (body: Record<string, unknown>) => secret<EventsResponse>('POST', '/v1/feedback', body),
    feedbackFromPage: (body: Record<string, unknown>) => page<EventsResponse>('/v1/feedback', body),
    events: (body: Record<string, unknown>) => secret<EventsResponse>('POST', '/v1/events', body),
    performance: (campaign: string) => secret<PerformanceResponse>('GET', `/v1/campaigns/${campaign}/performance`),
  };
}

/** Asks until the answer satisfies, at most five seconds unless told: what the product promises from feedback to allocation. */
export async function eventually<T>(
  ask: () => Promise<T>,
  satisfies: (answer: T) => boolean,
  withinMs = 5_000,
): Promise<T> {
  const deadlineMs = Date.now() + withinMs;
  let answer = await ask();
  while (!satisfies(answer) && Date.now() < deadlineMs) {
    await scheduler.wait(50);
    answer = await ask();
  }
  return answer;
}
