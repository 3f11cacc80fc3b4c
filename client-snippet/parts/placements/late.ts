/** Sees that elements have come or gone. */

/**
 * Calls `look` at most once a frame after elements were added or removed. However often the page changes, looking takes at most a
 * fiftieth of the time: after one that took long the next waits.
 */
export const watchElements = (look: () => void): void => {
  const restFactor = 50; // 2 % of a busy page's time, as nobody notices
  let isDue = false;
  let notBeforeMs = 0;
  const run = (): void => {
    const startMs = performance.now();
    isDue = false;
    look();
    notBeforeMs = startMs + (performance.now() - startMs) * restFactor;
  };
  new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    const waitMs = notBeforeMs - performance.now();
    if (waitMs > 0) setTimeout(() => requestAnimationFrame(run), waitMs);
    else requestAnimationFrame(run);
  }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-hyperedge'] });
};
