/** Which placements a path's page had when it was last seen: lets their decisions be asked for before the page is there. */

/** Paths remembered by an isolate, some hundred bytes each; junk pushes out what was not visited for longest. */
export const MAX_PATHS = 2_000;
/** Longest address that is remembered. */
export const MAX_PATH_LENGTH = 512;

/** What was seen. */
export interface SeenPage {
  /** In the order of the page, at most as many as one request takes. */
  readonly placements: readonly string[];
  /** The query that it was seen with: other queries may be other pages of one ETag. */
  readonly search: string;
  /** The page's ETag: one without placements has none as long as this stays. */
  readonly etag: string | null;
}

/** Plain data, the longest unvisited first. */
const pages = new Map<string, SeenPage>();

/** What was seen under an address; undefined when nothing was, or it is long ago. */
export function recall(address: string): SeenPage | undefined {
  const page = pages.get(address);
  if (page) {
    pages.delete(address);
    pages.set(address, page);
  }
  return page;
}

/** Remembers what was seen under an address (host and path, without its query: placements are mostly the template's). */
export function remember(address: string, page: SeenPage): void {
  if (address.length + page.search.length > MAX_PATH_LENGTH) return;
  pages.delete(address);
  pages.set(address, page);
  if (pages.size <= MAX_PATHS) return;
  const oldest = pages.keys().next();
  if (!oldest.done) pages.delete(oldest.value);
}

/** Forgets everything, as a new isolate would have it. Returns how many paths that were. */
export function forgetPages(): number {
  const { size } = pages;
  pages.clear();
  return size;
}
