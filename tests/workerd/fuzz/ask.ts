/** One request to the worker's own entry, and everything that came of it. */
import { exports } from 'cloudflare:workers';
import { vi } from 'vitest';
import { type Answered, faultsOf } from './answers.ts';
import { type Choices, draftOf, requestOf } from './requests.ts';
import type { World } from './world.ts';

/** Parts of long requests are enough to see what they are. */
const SHOWN = 1_500;

const logged: string[] = [];

/** Keeps what the worker logs; all of it would be lines by the hundred thousand. */
export function listenToLog(): void {
  vi.spyOn(console, 'log').mockImplementation((line: unknown) => void logged.push(String(line)));
}

export interface Asked {
  readonly status: number;
  readonly text: string;
  readonly faults: readonly string[];
  /** The request in words. */
  readonly shown: string;
}

/** Asks and judges; undefined when the platform takes no such request. */
export async function ask(choices: Choices, world: World): Promise<Asked | undefined> {
  const draft = draftOf(choices, world);
  const request = requestOf(draft);
  if (!request) return undefined;
  logged.length = 0;
  const response = await exports.default.fetch(request);
  const text = new TextDecoder().decode(await response.arrayBuffer());
  const answered: Answered = {
    method: request.method,
    url: new URL(request.url),
    origin: request.headers.get('origin'),
    body: typeof draft.body === 'string' && request.body !== null ? draft.body : '',
    status: response.status,
    headers: response.headers,
    text,
    logged: [...logged],
  };
  const body = typeof draft.body === 'object' ? `${draft.body.byteLength} bytes` : (draft.body ?? '');
  const headers = JSON.stringify(draft.headers).slice(0, SHOWN);
  const shown = `${request.method} ${request.url.slice(0, SHOWN)} ${headers} ${JSON.stringify(body.slice(0, SHOWN))}`;
  return { status: response.status, text: text.slice(0, SHOWN), faults: faultsOf(answered), shown };
}
