/** One request to the worker in front, and everything that came of it. */
import { type Answered, faultsOf } from './answers.ts';
import type { ApiDocument } from './document.ts';
import { type Choices, draftOf, sentOf } from './requests.ts';
import type { FuzzStack } from './stack.ts';
import type { World } from './world.ts';

/** Parts of long requests are enough to see what they are. */
const SHOWN = 1_500;

export interface Asked {
  readonly status: number;
  readonly text: string;
  readonly faults: readonly string[];
  /** The request in words. */
  readonly shown: string;
}

/** Asks and judges; undefined when HTTP carries no such request. */
export async function ask(
  stack: FuzzStack,
  document: ApiDocument,
  choices: Choices,
  world: World,
): Promise<Asked | undefined> {
  const sent = sentOf(draftOf(choices, world));
  const got = await stack.send(sent);
  if (!got) return undefined;
  const { status, text } = got;
  const body = typeof sent.body === 'object' ? `${sent.body.byteLength} bytes` : (sent.body ?? '');
  const answered: Answered = {
    method: sent.method,
    // Parts that lead up do, in whatever spelling.
    path: new URL(`http://api.example${sent.target}`).pathname,
    origin: sent.headers.origin ?? null,
    body: typeof sent.body === 'string' ? sent.body : '',
    status,
    headers: got.headers,
    text,
  };
  const headers = JSON.stringify(sent.headers).slice(0, SHOWN);
  const shown = `${sent.method} ${sent.target.slice(0, SHOWN)} ${headers} ${JSON.stringify(body.slice(0, SHOWN))}`;
  return { status, text: text.slice(0, SHOWN), faults: faultsOf(document, answered), shown };
}
