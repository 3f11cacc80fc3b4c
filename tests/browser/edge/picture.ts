/**
 * `npm run draw:edge`: the picture of docs/guides/page/edge.md, a page of the demo shop with scripts off: as its own server sends it, and as it comes
 * through the worker in front of it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { choosePort } from '../../../scripts/start/port.ts';
import { startStack } from '../../../scripts/start/stack.ts';
import { launchBrowser } from '../browser.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const target = join(root, 'docs/guides/page/edge.png');
/** A phone, and two of them beside each other with their captions. */
const PHONE = { width: 390, height: 640 };
const GAP_PX = 36;
const CAPTION_PX = 64;
/** Visitors of whom one at least is in the campaign: it holds a tenth of them out. */
const TRIES = 20;
const OWN_TITLE = 'Made for the early hours';

const folder = mkdtempSync(join(tmpdir(), 'hyperedge-picture-'));
const port = await choosePort(undefined, 9_260);
const pagesPort = await choosePort(undefined, 9_290);
const [browser, stack] = [
  await launchBrowser(),
  await startStack({
    root,
    port,
    stateDir: join(folder, 'state'),
    demoFile: join(folder, 'demo.json'),
    vars: { DECIDE_DEADLINE_MS: '20000' },
    pages: (key) => {
      const told = { key, origin: `http://localhost:${port}`, waitMs: 250 };
      return { port: pagesPort, sites: { [`localhost:${pagesPort}`]: told } };
    },
  }),
];

/** Somebody who looks at the page; undefined when it is not for the picture. */
async function phone(url: string, wanted: (title: string | null) => boolean): Promise<Buffer | undefined> {
  const context = await browser.newContext({ viewport: PHONE, deviceScaleFactor: 1, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(url);
  const picture = wanted(await page.locator('h1').textContent()) ? await page.screenshot() : undefined;
  await context.close();
  return picture;
}

async function filledPhone(): Promise<Buffer> {
  for (let i = 0; i < TRIES; i += 1) {
    const picture = await phone(`http://localhost:${pagesPort}/demo/`, (title) => title !== OWN_TITLE);
    if (picture) return picture;
  }
  throw new Error(`${TRIES} visitors in a row saw the page's own content`);
}

try {
  const site = { kind: 'site', id: 'shop', name: 'Northlight', siteKind: 'web', consent: 'required' };
  const origins = [stack.url, `http://localhost:${pagesPort}`];
  const response = await fetch(`${stack.url}/v1/push`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.keys.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ documents: [{ ...site, origins }] }),
  });
  if (!response.ok) throw new Error(await response.text());
  const pictures = [await phone(`${stack.url}/demo/`, (title) => title === OWN_TITLE), await filledPhone()];
  const captions = ['The site’s own server sends', 'The visitor gets, with scripts off'];
  const page = await browser.newPage({
    viewport: { width: 2 * PHONE.width + 3 * GAP_PX, height: PHONE.height + CAPTION_PX + GAP_PX },
  });
  const figures = pictures.map(
    (picture, i) =>
      `<figure><figcaption>${captions[i]}</figcaption><img src="data:image/png;base64,${picture?.toString('base64')}"></figure>`,
  );
  await page.setContent(`<style>
    body { margin: 0; padding: 0 ${GAP_PX}px; display: flex; gap: ${GAP_PX}px; background: #eef0ee; font: 600 17px system-ui, sans-serif; color: #1d2b2a }
    figure { margin: 0 } figcaption { height: ${CAPTION_PX}px; line-height: ${CAPTION_PX}px }
    img { display: block; width: ${PHONE.width}px; border-radius: 14px; box-shadow: 0 1px 3px #0003, 0 8px 24px #0001 }
  </style>${figures.join('')}`);
  writeFileSync(target, await page.screenshot());
} finally {
  await browser.close();
  await stack.runtime.stop();
  rmSync(folder, { recursive: true, force: true });
}
