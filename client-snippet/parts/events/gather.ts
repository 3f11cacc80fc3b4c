/** Gathers what happened for half a second, and hands it to the entry's outbox: one request for each of the two endpoints. */
import type { Feedback } from '../../lib/wire.ts';
import { options, page } from './options.ts';

/** One entry of `POST /v1/events`. */
export interface PageEvent {
  kind: 'behaviour' | 'goal';
  name?: string;
  goal?: string;
  value?: number | undefined;
  currency?: string | undefined;
  orderId?: string | undefined;
  eventId?: string;
}
/** A goal of one decision. */
export type TokenGoal = Feedback & Pick<PageEvent, 'value' | 'currency' | 'orderId'>;

const events: PageEvent[] = [];
const feedback: TokenGoal[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

/** Whether anything may be reported. */
export const mayReport = (): boolean => {
  const { key, consent, preview } = page.core.$settings;
  return !!key && consent === 'granted' && !preview;
};

/** Sends what was gathered. With `all` it waits for no earlier answer: the page is being left. */
export const send = (all?: boolean): void => {
  const maxEvents = 50; // in one request, as the contract has it
  const maxTokens = 9; // of the longest: as the entry's own batches
  clearTimeout(timer);
  timer = undefined;
  if (!mayReport()) discard();
  while (feedback.length) page.core.$flush(all, ['feedback', { events: feedback.splice(0, maxTokens) }]);
  const customer = page.core.$customer();
  // The id comes with the first answer: until then it waits.
  while (customer && events.length)
    page.core.$flush(all, ['events', { customer, consent: 'granted', events: events.splice(0, maxEvents) }]);
};

const soon = (): void => {
  const gatherMs = 500; // as the entry gathers exposures
  timer ??= setTimeout(send, gatherMs);
};

/** Queues an event without a token; its id makes it count once, however often it is sent. A page in a loop keeps the first hundred. */
export const gather = (event: PageEvent): void => {
  const maxWaiting = 100;
  if (!mayReport() || events.length >= maxWaiting) return;
  events.push({ ...event, eventId: `${Math.random()}` });
  soon();
};

/** Queues a goal of a decision. Told again, it counts once. */
export const gatherGoal = (goal: TokenGoal): void => {
  const maxWaiting = 100;
  if (!mayReport() || feedback.length >= maxWaiting) return;
  feedback.push(goal);
  soon();
};

/** Something the visitor did: as behaviour under its name, or as the goal that the site has for it. */
export const happened = (name: string): void => {
  const goal = options.goals?.[name];
  gather(goal ? { kind: 'goal', goal } : { kind: 'behaviour', name });
};

/** Drops what has not been sent. */
export const discard = (): void => {
  events.length = feedback.length = 0;
};
