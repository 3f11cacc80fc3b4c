/** What schemas ask of a value beyond its form. Each has a name, so that checks that were made from a schema ask the same (`npm run checks`). */

/** Names that no body may have as a key, so that what is counted or weighed under them could not be written down. */
const UNSAFE_IDS: ReadonlySet<string> = new Set(['constructor', 'prototype']);
/** Attributes of a request: more than any condition of a page reads. */
const MAX_ATTRIBUTES = 100;

/** @returns whether a body may have a key of this name. */
export function isSafeId(id: string): boolean {
  return !UNSAFE_IDS.has(id);
}

/** @returns whether no id is named twice. */
export function areDistinct(ids: readonly string[]): boolean {
  // Most requests name one.
  return ids.length < 2 || new Set(ids).size === ids.length;
}

/** @returns whether each of these tells of another placement. */
export function haveOwnPlacements(told: readonly { readonly placement: string }[]): boolean {
  return areDistinct(told.map(({ placement }) => placement));
}

/** @returns whether a request may bring so many attributes. */
export function areFewAttributes(attributes: object): boolean {
  return Object.keys(attributes).length <= MAX_ATTRIBUTES;
}

/** @returns whether anything is named. */
export function namesSomething(record: object): boolean {
  return Object.keys(record).length > 0;
}
