/**
 * Where reports wait for a network: one entry of local storage each, named after what it tells, so that the same thing told twice, in
 * whatever tab, is there once. No id of anybody is in it but the decision's token; it is written with consent only.
 */

/** More than a visitor does on a train; the oldest and lightest go first. */
export const MAX_KEPT = 200;
/** Of the five megabytes that browsers give a site, next to nothing. */
export const MAX_KEPT_CHARS = 65_536;
/** A publishable key has no time of its own: what is told a day late would count for the wrong day. */
export const MAX_KEPT_MS = 86_400_000;

/** Beside the entry's own `hyperedge`. */
const PREFIX = 'hyperedge-offline:';

/** One event and the endpoint it is for. `of` tells visitors apart without naming them: the end of a signature. */
export interface Kept {
  readonly at: number;
  readonly path: string;
  readonly event: { readonly kind?: string; readonly token?: string };
  readonly of?: string | undefined;
}

const weight = ({ event: { kind } }: Kept): number =>
  ['exposure', 'goal'].indexOf(kind ?? '') + (kind === 'exposure' ? 3 : 0);

const read = (name: string): Kept | undefined => {
  try {
    const kept = JSON.parse(localStorage.getItem(name) ?? '') as Kept;
    return kept.at > 0 && kept.path && kept.event ? kept : undefined;
  } catch {
    return undefined;
  }
};

const names = (): string[] => {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  } catch {
    return []; // where storage is forbidden nothing waits
  }
};

/** Forgets everything that waits, or one entry. Pure but for local storage: whoever withdraws consent may call it. */
export const eraseKept = (...some: string[]): void => {
  for (const name of some.length ? some : names())
    try {
      localStorage.removeItem(name);
    } catch {}
};

/** What waits for this visitor, oldest first; what is too old, broken or another's is dropped. */
export const listKept = (nowMs: number, of: string | undefined): [name: string, kept: Kept][] => {
  const all: [string, Kept][] = [];
  for (const name of names()) {
    const kept = read(name);
    const isAnothers = !!kept?.of && !!of && kept.of !== of;
    if (!kept || isAnothers || Math.abs(nowMs - kept.at) > MAX_KEPT_MS) eraseKept(name);
    else if (kept.of === of) all.push([name, kept]);
  }
  return all.sort(([, a], [, b]) => a.at - b.at);
};

/** Stores one event under the name of what it tells. @returns whether it is kept. */
export const keepOne = (id: string, kept: Kept): boolean => {
  const name = PREFIX + id;
  try {
    localStorage[name] ??= JSON.stringify(kept);
  } catch {
    return false;
  }
  const all = listKept(kept.at, kept.of).sort(([, a], [, b]) => weight(b) - weight(a) || b.at - a.at);
  let chars = 0;
  for (const [i, [one, value]] of all.entries()) {
    chars += one.length + JSON.stringify(value).length;
    if (i >= MAX_KEPT || chars > MAX_KEPT_CHARS) eraseKept(one);
  }
  return localStorage[name] !== undefined;
};
