/**
 * Sends what happened. One request at a time, so that an exposure arrives before the goal it explains; when the page goes away
 * everything that waits is sent at once, in order, by requests that outlive it.
 */
import { mayStore } from './identity.ts';
import { post } from './post.ts';
import type { Feedback } from './wire.ts';

/** Events about decisions; `flush` sends them. */
export let feedback: Feedback[] = [];
let waiting: [path: string, body: object][] = [];
let busy: unknown;

/** Drops what has not been sent. */
export const discard = (): void => {
  feedback = [];
  waiting = [];
};

/**
 * Sends what was gathered, and one more request after it; with `all` without waiting for earlier answers. The API takes 50 events
 * and 64 KB a request, but all keepalive requests of a page share as much: `maxBatch` of the longest tokens have 15 KB. Beyond `maxWaiting` requests more are dropped,
 * so that a page in a loop does not fill the memory of its visitor.
 */
export const flush = (all?: unknown, more?: [path: string, body: object]): void => {
  const maxBatch = 9;
  const maxWaiting = 200;
  if (mayStore()) {
    while (feedback[0]) waiting.push(['feedback', { events: feedback.splice(0, maxBatch) }]);
    if (more && waiting.length < maxWaiting) waiting.push(more);
  } else discard();
  while (waiting[0] && (all || !busy)) {
    const request = waiting.shift() as [string, object];
    busy = post(...request, { keepalive: true })
      .catch(() => post(...request)) // keepalive has a quota; an ordinary request is the second and last attempt
      .then(next, next);
  }
};

// biome-ignore lint/suspicious/noAssignInExpressions: fewer bytes
const next = (): void => flush((busy = 0));
