/** The demo shop on the real runtime: nothing moves while a page arrives, is decided and is scored, on a desk's screen and on a phone's. */
import { expect, test } from 'vitest';
import { visit } from '../../scripts/page/visit.ts';
import { withShop } from '../../scripts/shop/with-shop.ts';

const PAGES = ['', 'gear/', 'gear/dawn-shell/', 'basket/', 'finder/', 'account/'];
const SCREENS = [
  { width: 1_280, height: 800 },
  { width: 390, height: 844 },
];
const AGREED = { name: 'northlight', value: 'personalization.analytics.ads' };

/** Thirteen visits to the end of their scripts, which take twenty seconds together where nothing else runs, and a stack to start. */
const PATIENCE_MS = 240_000;

test('no page of the shop shifts', { timeout: PATIENCE_MS }, () =>
  withShop(async ({ browser, stack }) => {
    const shifts: Record<string, number> = {};
    let decided = 0;
    await visit(browser, `${stack.url}/demo/`, { hasScript: true }); // the first finds everything cold
    for (const path of PAGES)
      for (const viewport of SCREENS) {
        const seen = await visit(browser, `${stack.url}/demo/${path}`, { hasScript: true, viewport, cookie: AGREED });
        shifts[`${path} ${viewport.width}`] = seen.layoutShift;
        if (seen.isDecided) decided += 1;
      }
    expect(Object.entries(shifts).filter(([, shift]) => shift > 0)).toEqual([]);
    // That there was something to shift.
    expect(decided).toBeGreaterThan(PAGES.length);
  }),
);
