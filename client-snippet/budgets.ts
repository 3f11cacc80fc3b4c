/** What each file of `dist/` may weigh, in bytes after gzip: the build and `npm run budget` fail beyond. */
export const BUDGETS: Readonly<Record<string, number>> = {
  // Rides on every page of a site.
  'hyperedge.js': 2_500,
  // Stands in every document.
  'stub.js': 400,
};
