/** The attacks of xss.test.ts on pages that are built with the npm client, and with React. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';
import { FAILED_REQUEST } from './page.ts';
import { usePages } from './pages.ts';
import { COUNTING, everywhere, provoke, QUIET, targetOf, troubleIn, VALUES } from './xss.ts';

const { browser, double } = await usePages();

let code: string;

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('xss-page.ts', import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  code = (outputFiles[0]?.text ?? '').replaceAll(/<(?=\/?script|!--)/g, '\\x3c');
});

test.each([
  ['npm', ['div', 'a', 'img']],
  ['react', ['section', 'a', 'img']],
] as const)(`${VALUES.length} payloads in every field, of three kinds of elements in turn: %s`, async (kind, tags) => {
  const contents = VALUES.map(everywhere);
  double.decisions = Object.fromEntries(
    contents.map((one, i) => [`p${i}`, { outcome: 'campaign', content: one as never }]),
  );
  const body = kind === 'npm' ? contents.map((_, i) => targetOf(i, tags[i % tags.length] as string)).join('') : '';
  const given = JSON.stringify({ api: double.api, kind, tags, count: contents.length });
  double.html['/'] = `<!doctype html><html><body><script>${COUNTING}</script><div id="root">${body}</div>
<script type="application/json" id="given">${given}</script><script>${code}</script></body></html>`;
  const context = await browser.newContext();
  const trouble = troubleIn(context, double);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => FAILED_REQUEST.test(message) || errors.push(message));
  await page.goto(double.pages);
  const found = await provoke(page, contents.length, '#root *');
  expect(found).toEqual(QUIET);
  expect([trouble, errors]).toEqual([[], []]);
  // It did show what may be shown: otherwise nothing was proved.
  const shown = await page.locator('[data-hyperedge-part=text]').allTextContents();
  expect(shown.filter((text) => text.includes('hit')).length).toBeGreaterThan(100);
  await context.close();
});
