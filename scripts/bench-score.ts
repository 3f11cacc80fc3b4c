/** `npm run bench:score`: from nothing to the first score in a real browser, by either engine; medians of some runs, in milliseconds. `-- --json FILE` writes them as one flat object. */
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { writeFigures } from './figures.ts';
import { withShop } from './shop/with-shop.ts';

const { values } = parseArgs({ options: { json: { type: 'string' } } });

/** Each is a browser context of its own: nothing is cached. */
const RUNS = 9;
const ENGINES = ['hyperedge', 'onnxruntime-web'] as const;

const PAGE = 'bench-score';

/** A page with the script and nothing else; the clock runs from the call to the first score. */
const html = (key: string, engine: string): string => `<!doctype html><title>x</title><script>
  window.hyperedge = function () { (hyperedge.q = hyperedge.q || []).push(arguments) };
  addEventListener('hyperedge:score', ({ detail }) => { window.firstScore ??= [performance.now() - window.began, detail.ms] });
  addEventListener('load', () => setTimeout(() => {
    window.began = performance.now();
    hyperedge('score', { models: ['purchase-intent'], engine: '${engine}' });
  }, 300));
</script><script async src="/hyperedge.js" data-key="${key}"></script>`;

async function firstScore(browser: Browser, url: string, body: string): Promise<readonly [cold: number, run: number]> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route(`**/${PAGE}`, (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto(`${url}/${PAGE}`);
  await page.waitForFunction('window.firstScore');
  const found = (await page.evaluate('window.firstScore')) as [number, number];
  await context.close();
  return found;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const figures: Record<string, number> = {};
await withShop(async ({ browser, stack }) => {
  console.log('engine            first score, ms   its run, ms');
  for (const engine of ENGINES) {
    const found: (readonly [number, number])[] = [];
    for (let run = 0; run < RUNS; run += 1)
      found.push(await firstScore(browser, stack.url, html(stack.keys.publishableKey, engine)));
    const [cold, run] = [0, 1].map((i) => median(found.map((one) => one[i as 0 | 1])));
    Object.assign(figures, { [`score.page.${engine}.first_ms`]: cold!, [`score.page.${engine}.run_ms`]: run! });
    console.log(`${engine.padEnd(18)}${cold!.toFixed(0).padStart(15)}${run!.toFixed(2).padStart(14)}`);
  }
});
writeFigures(values.json, figures);
