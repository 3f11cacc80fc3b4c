/**
 * `hyperedge('convert', goal, { value, orderId })`: a goal was reached. Without a goal it is ready for later, and says who the visitor is where
 * they have a name: that links it with the anonymous id.
 */
import type { Core } from '../lib/core.ts';

/** What a conversion may say beside its goal. */
export interface Details {
  value?: number;
  orderId?: unknown;
}

let waiting = 0;

/** Sends for whoever the visitor is by then; nobody has no decision that could be credited. */
const send = (core: Core, events: object[]): void => {
  const customer = core.$customer();
  if (customer) core.$flush(0, ['events', { customer, consent: 'granted', events }]);
};

/** The id comes with the first answer: waits for it, unless the visitor is another by then, or consent. */
const sendLater = (core: Core, events: object[]): void => {
  const maxWaiting = 100; // more of them come from a page in a loop
  const { key, consent } = core.$settings;
  const decided = core.$decided();
  if (!key || consent !== 'granted' || waiting >= maxWaiting) return;
  waiting++;
  const arrived = (): void => {
    waiting--;
    if (core.$decided() === decided) send(core, events);
  };
  addEventListener('hyperedge:decision', arrived, { once: true });
};

/** Reports a goal, or links. Called once it takes the command over: later calls wait for no file. */
export const start = (core: Core, goal?: unknown, { value, orderId }: Details = {}): void => {
  core.$commands.convert ??= (...values: [unknown?, Details?]) => start(core, ...values);
  const who = core.$customer() as { id?: string; anonymousId?: string } | undefined;
  const isGoal = typeof goal === 'string';
  if (!isGoal && !who?.id) return;
  const event = {
    kind: 'goal',
    goal,
    value: value && +value,
    orderId: orderId && `${orderId}`,
    eventId: `${Math.random()}`, // sent twice it counts once
  };
  const now = who && (isGoal || who.anonymousId);
  (now ? send : sendLater)(core, isGoal ? [event] : []);
};
