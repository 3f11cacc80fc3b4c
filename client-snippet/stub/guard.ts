/**
 * The inline queue and the flicker guard: what is going to be replaced is not seen until it is decided, at most 300 ms. It stays where it
 * is (`opacity`), so nothing moves. Without `data-hide` it waits for the elements with `data-hyperedge`; with selectors in `data-hide`, for
 * the part `placements`. Ends at once when the script does not arrive. A style sheet made by script needs no nonce.
 */
interface QueueFunction {
  (...values: unknown[]): void;
  q?: unknown[];
}

const scope = window as unknown as { hyperedge?: QueueFunction };

scope.hyperedge ||= (...values) => {
  const queue = scope.hyperedge as QueueFunction;
  queue.q = queue.q || [];
  queue.q.push(values);
};

const { hide, hideMs } = (document.currentScript as HTMLScriptElement).dataset;
const mine = '[data-hyperedge]';
const script = 'script:is([data-key],[src*="/hyperedge.js"],[src*="/edge.js"])';

try {
  const sheet = new CSSStyleSheet();
  /** What it returns says that it need not be called again. */
  const release = (): boolean => {
    sheet.disabled = true;
    return false;
  };
  sheet.replaceSync(`${hide || mine}{opacity:0!important}`);
  document.adoptedStyleSheets.push(sheet);
  setTimeout(release, (hideMs || 300) as number);
  addEventListener('error', ({ target }) => (target as Element).matches?.(script) && release(), true);
  addEventListener('DOMContentLoaded', () => {
    const first = document.querySelector<HTMLElement>(hide || mine);
    if (!first) release();
    else if (hide) scope.hyperedge?.('placements', release);
    else scope.hyperedge?.('get', first.dataset.hyperedge, release);
  });
} catch {} // an old browser hides nothing

export {};
