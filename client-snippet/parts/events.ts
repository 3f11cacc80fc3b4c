/**
 * `hyperedge('events', { … })`: what happens on a page beyond being seen and clicked, when each counts, and a way out that loses little.
 * Called again, it adds to what was chosen before.
 */
import type { Core } from '../lib/core.ts';
import { keepHidden, watchActs } from './events/acts.ts';
import { watchDwell } from './events/dwell.ts';
import { discard, send } from './events/gather.ts';
import { goal } from './events/goal.ts';
import { type EventsOptions, options, page } from './events/options.ts';
import { watchOutbound } from './events/outbound.ts';
import { watchScroll } from './events/scroll.ts';
import { watchSeen } from './events/seen.ts';
import { watchViews } from './events/view.ts';

export { keepWith } from './events/outbound.ts';

/** What was gathered goes before the entry's own turn at the page's end, and does not outlive the visitor it is of. */
const watchEnds = (core: Core): void => {
  document.addEventListener('visibilitychange', () => send(document.hidden));
  addEventListener('pagehide', () => send(true));
  addEventListener('hyperedge:decision', () => send()); // the id that events were waiting for
  const { consent, reset } = core.$commands;
  core.$commands.consent = (given: never) => {
    if (given !== 'granted') discard();
    consent?.(given);
  };
  core.$commands.reset = () => {
    send(true);
    discard();
    reset?.();
  };
};

export const start = (core: Core, chosen: EventsOptions = {}): void => {
  Object.assign(options, chosen);
  if (page.core) return;
  page.core = core;
  watchViews();
  watchOutbound();
  watchEnds(core);
  watchSeen();
  keepHidden();
  watchActs();
  watchDwell();
  watchScroll();
  core.$commands.goal = goal as never;
};
