/** What was decided for the placements of a page, who waits for it, and the one state of it all. */
import type { Core, Getter, Target } from './core.ts';
import { customer, remember } from './identity.ts';
import { flush } from './outbox.ts';
import { page } from './page.ts';
import { post } from './post.ts';
import { render } from './render.ts';
import { settings } from './settings.ts';
import { emit, retrack, startTracking, track } from './track.ts';
import type { Answer, Decision } from './wire.ts';

/**
 * Placements that were asked for, with their decision: undefined while under way, null when there will be none; and the targets that
 * have been given theirs. A new map when answers under way no longer hold.
 */
export let decided: ReturnType<Core['$decided']> = new Map();

/** Callbacks that wait for decisions, and are called again when theirs changes. */
export const getters = new Set<Getter>();

/** Resolves when the page can be asked about and nothing is being asked; undefined before `begin`. */
export let idle: Promise<unknown>;

/** What waits for decisions: elements of the page first, so that a callback finds them rendered. */
const targets = (): Target[] => [...document.querySelectorAll<HTMLElement>('[data-hyperedge]'), ...getters];

/** Asynchronous, so that a callback's error shows in the site's console and monitoring as its own, and stops nothing here. */
const give = async (target: Target, decision: Decision | null): Promise<void> => {
  const content = decision?.content;
  if ((target as Getter).callback) {
    const shown = await (target as Getter).callback(content?.data ?? content ?? null, decision);
    if (shown === false) getters.delete(target as Getter);
    else if (shown instanceof Element) track(shown, decision);
  } else {
    // Without an answer the page stays as it is.
    try {
      core.$render(target as HTMLElement, content as never);
      track(target as HTMLElement, decision);
    } catch {} // content of a wrong shape
  }
};

const load = async (): Promise<void> => {
  const maxPlacements = 20; // in one request, as the contract has it
  const mine = decided;
  const ids = [...new Set(targets().map((target) => target.dataset.hyperedge as string))].filter((id) => !mine.has(id));
  if (settings.key && ids[0]) {
    ids.splice(maxPlacements);
    ids.map((id) => (mine as { set(id: string, none?: undefined): unknown }).set(id)); // undefined: under way
    const me = customer();
    let found: (Decision | null)[] = [];
    let who: Answer['customer'];
    // Whatever goes wrong, and whatever takes too long, is no answer; called off then, since a late one would replace what the visitor already reads.
    try {
      // No list of decisions: throws.
      ({
        customer: who,
        decisions: [...found],
      } = (await (
        await post(
          'optimize',
          {
            // A misspelt id would have the whole request refused.
            placements: ids.filter((id) => /^(?!constructor$|prototype$)[a-z\d][a-z\d_-]{0,63}$/.test(id)),
            customer: me,
            consent: settings.consent,
            preview: settings.preview,
            context: page(),
          },
          { signal: AbortSignal.timeout(settings.timeoutMs) },
        )
      ).json()) as Answer);
    } catch {}
    if (mine !== decided) return;
    remember(who?.anonymousId, me);
    ids.map((id) => mine.set(id, found.find((candidate) => candidate?.placement === id) ?? null));
    plan(); // those beyond the twentieth
  }
  // biome-ignore lint/suspicious/useIterableCallbackReturn: fewer bytes
  targets().map((target) => {
    const decision = mine.get(target.dataset.hyperedge);
    if (mine.has(target) || decision === undefined) return;
    mine.set(target, null); // each is given its decision once
    give(target, decision);
  });
  ids.map((id) => emit('decision', mine.get(id)));
};

/** Asks for what has not been asked yet: once the document is read, and after the calls that are waiting have been made. */
export const plan = (): void => {
  idle = idle.then(load);
};

/** Starts over: what was decided and is being decided belongs to another visitor, or to one who had not consented. */
export const restart = (takesBack?: true): void => {
  retrack();
  decided = new Map();
  if (takesBack) targets().map((target) => give(target, null));
};

/** Begins to look at the page, and asks; once. */
export const begin = (): void => {
  idle = new Promise<unknown>((resolve) => {
    // Of its three values only 'loading' comes after.
    if (document.readyState > 'k') addEventListener('DOMContentLoaded', resolve);
    else resolve(0);
  });
  startTracking();
  plan();
};

/** What lazy parts work with: they hold no second copy of anything. Whoever takes commands fills those in. */
export const core = {
  $settings: settings,
  $decided: () => decided,
  $plan: plan,
  $restart: restart,
  $customer: customer,
  $remember: remember,
  $flush: flush,
  $render: render,
  $track: track,
} as unknown as Core;
