/** What each file of `dist/` may weigh, in bytes after gzip: the build and `npm run budget` fail beyond. */
export const BUDGETS: Readonly<Record<string, number>> = {
  // Rides on every page of a site. 18 bytes below the 2,500 that are promised: `gzip -9` makes up to 18 more of it than Node's zlib does.
  'hyperedge.js': 2_482,
  // For pages filled on their way: the same, and what came with the page.
  'edge.js': 3_250,
  // Stands in every document.
  'stub.js': 400,
  // Of pages where something is reached.
  'convert.js': 385,
  // Consent by purpose, and who speaks of it.
  'purposes.js': 1_140,
  'tcf.js': 590,
  'gpp.js': 940,
  'consent-mode.js': 630,
  'gpc.js': 205,
  'forward.js': 865,
  'guard.js': 400,
  'placements.js': 4_360,
  // DOMPurify, for pages that show markup.
  'html.js': 12_880,
  // Only whoever builds the page loads it.
  'debug.js': 3_290,
  // The core's decide() and all it needs on a page.
  'device.js': 6_000,
  'events.js': 3_520,
  // Models on the page: the session's counts and the encoder of rows; and the evaluator, with all its operators.
  'score.js': 6_020,
  'onnx.js': 8_000,
  'goal.js': 110,
  'identity.js': 1_085,
  'offline.js': 1_540,
};

/**
 * What each entry of the npm package may weigh, all of it, bundled as a site's bundler does it (minified, React left out), in bytes after
 * gzip; `tests/node/package.test.ts` holds them.
 */
export const PACKAGE_BUDGETS: Readonly<Record<string, number>> = {
  '@hyperedge/client': 3_400,
  '@hyperedge/client/react': 3_800,
  // Runs on a server, in functions that start cold.
  '@hyperedge/client/next': 930,
  // Ships inside an app.
  '@hyperedge/client/native': 4_960,
};
