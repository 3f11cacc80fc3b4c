/** What a page knows better than the edge: its own address, and attributes that it declares. */

/** Facts of a page that change while a bundle lives. Its language does not: it came with the request's headers. */
const LIVE_FACTS: ReadonlySet<string> = new Set(
  ['host', 'path', 'utm_source', 'utm_medium', 'utm_campaign', 'referrerHost'].map((name) => `page.${name}`),
);

/** Whether a path is a fact of the page that a device reads itself. */
export function isLiveFact(path: string): boolean {
  return LIVE_FACTS.has(path);
}
