/**
 * `hyperedge('offline')`: reports that find no network wait, with consent, in a bounded queue of local storage, and are sent when the
 * network is back or the next page is viewed, by one tab at a time. Sent twice they count once: the API knows them by token or event id.
 */
import type { Core, Part } from '../lib/core.ts';
import type { Keep } from './events/outbound.ts';
import { eraseKept, type Kept, keepOne, listKept } from './offline/keep.ts';

interface Events extends Part {
  keepWith(keep: Keep): void;
}

let core: Core | undefined;
/** Names that the part `device` gives in place of tokens: they mean something on this page alone, and the API must not see them. */
const own = new Set<string>();
const isNamed = ({ token = '' }: Kept['event']): boolean => token.startsWith('device.');

const mayKeep = ({ $settings: { key, consent, preview } }: Core): boolean => !!key && consent === 'granted' && !preview;

/** The end of the visitor's signed id. */
const ofVisitor = (page: Core): string | undefined => {
  const tagLength = 12;
  const { anonymousId } = (page.$customer() ?? {}) as { anonymousId?: string };
  return anonymousId?.slice(-tagLength);
};

/** What one event tells: of a decision by its id, where the page still knows it. */
const idOf = (
  page: Core,
  event: { token?: string; kind?: string; goal?: string; orderId?: string; eventId?: string },
): string => {
  const tailLength = 43; // a token ends with its signature
  const { token, kind, goal = kind, orderId = '', eventId } = event;
  if (!token) return `${eventId}`;
  const decision = [...page.$decided().values()].find((one) => one?.token === token);
  return `${decision?.decisionId ?? token.slice(-tailLength)}:${goal}:${orderId}`;
};

const keep: Keep = (path, body, only) => {
  const page = core as Core;
  if (!mayKeep(page)) return false;
  const { events } = JSON.parse(body) as { events: Kept['event'][] };
  const meant = only ? only.flatMap((index) => events[index] ?? []) : events;
  const of = ofVisitor(page);
  for (const event of meant) if (isNamed(event)) own.add(event.token as string);
  return meant.every((event) => keepOne(idOf(page, event), { at: Date.now(), path, event, of }));
};

/** @returns names of what the API has taken, or will never take; the others wait on. */
const sendBatch = async (page: Core, path: string, batch: [name: string, kept: Kept][]): Promise<string[]> => {
  const { $settings: settings, $customer } = page;
  const customer = path === 'events' ? { customer: $customer(), consent: 'granted' } : {};
  const body = JSON.stringify({ key: settings.key, ...customer, events: batch.map(([, { event }]) => event) });
  const url = new URL(`/v1/${path}`, settings.api);
  const response = await (settings.fetch ?? fetch)(url, { method: 'POST', body });
  const { status } = response;
  if (status === 202 || status === 429 || status >= 500) return [];
  const { results = [] } = status === 200 ? await response.json() : {};
  const waits = new Set<number>();
  for (const { index, reason } of results) if (reason === 'unavailable') waits.add(index);
  return batch.flatMap(([name], index) => (waits.has(index) ? [] : name));
};

const replay = async (): Promise<void> => {
  const page = core as Core;
  const maxTokens = 9;
  const maxEvents = 50;
  if (!navigator.onLine || !mayKeep(page) || !page.$customer()) return;
  for (const [path, size] of [
    ['feedback', maxTokens],
    ['events', maxEvents],
  ] as const) {
    const waiting = listKept(Date.now(), ofVisitor(page)).filter(
      ([, kept]) => kept.path === path && (!isNamed(kept.event) || own.has(kept.event.token as string)),
    );
    while (waiting.length && mayKeep(page)) {
      // What was erased meanwhile, here or in another tab, was withdrawn.
      const batch = waiting.splice(0, size).filter(([name]) => localStorage[name]);
      if (!batch.length) continue;
      const taken = await sendBatch(page, path, batch);
      if (!taken.length) return; // still no way out: the next page view tries again
      eraseKept(...taken);
    }
  }
};

/** One tab sends; where a browser has no locks several may, and nothing counts twice. */
const replayAlone = async (): Promise<void> => {
  const { locks } = navigator;
  try {
    if (locks) await locks.request('hyperedge-offline', { ifAvailable: true }, (lock) => (lock ? replay() : undefined));
    else await replay();
  } catch {} // what was not sent waits on
};

export const start = async (page: Core): Promise<void> => {
  if (core) return;
  core = page;
  const file: string = './events.js'; // one copy for all who use it
  const events: Events = await import(file);
  events.start(page);
  events.keepWith(keep);
  const { $commands: commands } = page;
  const { consent, reset } = commands;
  commands.consent = (given: never) => {
    if (given !== 'granted') eraseKept();
    consent?.(given);
    replayAlone();
  };
  commands.reset = () => {
    reset?.();
    eraseKept();
  };
  // Another tab was told to forget the visitor.
  addEventListener('storage', ({ key, newValue }) => {
    if (key === 'hyperedge' && (newValue === null || newValue === 'reset')) eraseKept();
  });
  addEventListener('online', replayAlone);
  addEventListener('pageshow', ({ persisted }) => persisted && replayAlone());
  if (page.$settings.consent === 'denied') eraseKept();
  await replayAlone();
};
