/** What the entry hands to a lazy part, and what a part is. Types only. */
import type { customer, remember } from './identity.ts';
import type { flush } from './outbox.ts';
import type { render } from './render.ts';
import type { Settings } from './settings.ts';
import type { track } from './track.ts';
import type { Decision } from './wire.ts';

/** Takes content (or null) and its decision; what it returns shows it, where that is an element; with `false` it is called no more. */
export type Callback = (...values: unknown[]) => unknown;
/** A callback of `get` names its placement as an element does. */
export interface Getter {
  dataset: { hyperedge: string };
  callback: Callback;
}
export type Target = Getter | HTMLElement;

/**
 * The one state of a page, as parts see it. Its names begin with `$`: those the bundler shortens, the same in every file, so that the
 * entry stays small.
 */
export interface Core {
  readonly $settings: Settings;
  /** Commands by name. A part may add some, and put its own in place of one that is there. */
  $commands: Record<string, (...values: never[]) => void>;
  /** Placements that were asked for: undefined while under way, null when there is no decision. Targets among the keys were given theirs. */
  readonly $decided: () => Map<string | Target | undefined, Decision | null | undefined>;
  /** Asks for what has not been asked yet, and gives what has not been given: elements that came late, too. */
  readonly $plan: () => void;
  /** Forgets what was decided; `$plan` asks anew. With `true` nothing of it is left on the page: it does not hold any more. */
  readonly $restart: (takesBack?: true) => void;
  readonly $customer: typeof customer;
  readonly $remember: typeof remember;
  /** Sends what waits and one more request after it: `['feedback' | 'events', body]`. */
  readonly $flush: typeof flush;
  /** Watches an element on behalf of a decision, or lets it go. */
  readonly $track: typeof track;
  /** How an element is given its content, or its own back (null). A part may put its own in place; what it throws on is not tracked. */
  $render: typeof render;
}

/** A module of `parts/`: bundled into a file of its own, `dist/<name>.js`; `hyperedge('<name>', …values)` loads and starts it. */
export interface Part {
  start(core: Core, ...values: unknown[]): unknown;
}
