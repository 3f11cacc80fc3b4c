/** The demo shop filled at the edge (`npm start -- --edge`): a second address of the same shop, with the worker of wrangler.pages.toml in front of it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RuntimeOptions } from './runtime.ts';

/** Pages that are filled. The others decide on the page itself, or lead away. */
const PATHS = ['/demo/', '/demo/gear/*', '/demo/basket/', '/demo/account/'];
/** As long as a stream may be held up: the first request of an isolate finds everything cold. */
const WAIT_MS = 250;
/** The shop's own cookie names the purposes that were allowed, see examples/shop/code/consent.js. */
const CONSENT_COOKIE = {
  name: 'northlight',
  granted: ['personalization*'],
  without: {
    analytics: ['personalization', 'personalization.ads'],
    ads: ['personalization', 'personalization.analytics'],
  },
};

/** Where the worker listens, and what it knows of the shop, whose own server is at `url`. */
export function edgePages(key: string, url: string, port: number): NonNullable<RuntimeOptions['pages']> {
  const told = { key, origin: url, paths: PATHS, waitMs: WAIT_MS, consentCookie: CONSENT_COOKIE };
  return { port, sites: { [`localhost:${port}`]: told } };
}

/** Pages that come filled take the script that knows of it, and need no guard: nothing is going to be replaced. */
export function takeEdgeScript(assets: string): void {
  const stub = readFileSync(join(assets, 'stub.js'), 'utf8').trim();
  const demo = join(assets, 'demo');
  for (const name of readdirSync(demo, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.html'),
  )) {
    const html = readFileSync(join(demo, name), 'utf8')
      .replace('src="/hyperedge.js"', 'src="/edge.js"')
      .replace(/(<script[^>]*?) data-hide-ms="\d+">[^<]*</, (_all, tag: string) => `${tag}>${stub}<`);
    writeFileSync(join(demo, name), html);
  }
}
