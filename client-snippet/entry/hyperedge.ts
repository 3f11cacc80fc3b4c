/** The page script: finds placements, asks once for all of them, renders, reports. Types for sites are in `hyperedge.d.ts`. */
import '../lib/render.ts';
import { commands } from '../lib/commands.ts';
import type { Callback, Part } from '../lib/core.ts';
import { begin, core } from '../lib/decisions.ts';
import { settings } from '../lib/settings.ts';

/** A command that is not known here is the name of a part: a file beside this one, loaded when it is first called. */
const run = async ([name, ...values]: Iterable<unknown>): Promise<void> => {
  try {
    if (commands[name as 'get']) (commands[name as 'get'] as Callback)(...values);
    // From the script's own address: relative to a script from elsewhere, browsers know none.
    else await ((await import(new URL(`${name}.js`, src) as never)) as Part).start(core, ...values);
  } catch {} // a call with wrong arguments must not break the page that makes it, a part that was blocked is none
};
interface Queue {
  (...values: unknown[]): void;
  /** Calls that wait for the script; none once it has taken them. Without a stub this may be any element of the page. */
  q?: Iterable<unknown>[] | 0;
}
declare const window: { hyperedge: Queue };
// By itself `document.currentScript` may be an element that visitors' text has named so, and code would be loaded from elsewhere.
const { src, dataset }: Partial<HTMLScriptElement> = Reflect.get(Document.prototype, 'currentScript', document) || {};
Object.assign(settings, {
  api: src || location.href,
  ...dataset,
  preview: /hyperedge_preview=([^&]+)/.exec(location.search)?.[1],
});
const { q = [] } = window.hyperedge || {};

if (q) {
  // biome-ignore lint/suspicious/noAssignInExpressions: fewer bytes
  (window.hyperedge = ((...values) => run(values)) as Queue).q = 0; // a second copy of the script leaves the page to the first
  begin();
  q.map?.(run);
}
