/** The page script: finds placements, asks once for all of them, renders, reports. Types for sites are in `hyperedge.d.ts`. */
import { commands } from '../lib/commands.ts';
import type { Core, Part } from '../lib/core.ts';
import { begin, core } from '../lib/decisions.ts';
import { settings } from '../lib/settings.ts';

core.$commands = commands;

/** A command that is not known here is the name of a part: a file beside this one, loaded when it is first called. */
const run = async ([name, ...values]: Iterable<unknown>): Promise<void> => {
  try {
    const command = (commands as Core['$commands'])[name as string];
    if (command) command(...(values as never[]));
    // From the script's own address: relative to a script from elsewhere, browsers know none.
    else await ((await import(new URL(`${name}.js`, src) as never)) as Part).start(core, ...values);
  } catch {} // a call with wrong arguments must not break the page that makes it, a part that was blocked is none
};

interface Queue {
  (...values: unknown[]): void;
  q?: Iterable<unknown>[];
  loaded?: boolean;
}
declare const window: { hyperedge?: Queue };
const { src, dataset } = (document.currentScript || {}) as Partial<HTMLScriptElement>;
Object.assign(settings, {
  api: src || location.href,
  ...dataset,
  preview: /[?&]hyperedge_preview=([^&]+)/.exec(location.search)?.[1],
});
const { q = [], loaded } = window.hyperedge || {};

if (!loaded) {
  const hyperedge: Queue = (...values) => run(values);
  hyperedge.loaded = true; // a second copy of the script leaves the page to the first
  window.hyperedge = hyperedge;
  begin();
  q.map(run);
}
