/** Attacks through every kind of content, attribute and address, markup included: nothing runs, asks elsewhere or leaves the page. */
import { expect, test } from 'vitest';
import { content } from '../../contract/configuration/content.ts';
import { ADDRESSES, ATTRIBUTES, MARKUP } from './attacks.ts';
import { MORE_MARKUP } from './attacks-markup.ts';
import type { Opened } from './page.ts';
import { usePages } from './pages.ts';
import { COUNTING, everywhere, provoke, QUIET, targetOf, troubleIn, VALUES } from './xss.ts';

const { browser, double, open } = await usePages();

interface Watched extends Opened {
  readonly trouble: string[];
}

/** Shows one content per element, and notes requests to elsewhere, dialogs, further pages and navigations. */
async function show(
  contents: readonly object[],
  tags: readonly string[],
  headers: Record<string, string>,
  without = '',
): Promise<Watched> {
  double.reset();
  double.headers = headers;
  double.decisions = Object.fromEntries(
    contents.map((one, i) => [`p${i}`, { outcome: 'campaign', content: one as never }]),
  );
  const context = await browser.newContext();
  const trouble = troubleIn(context, double);
  const opened = await open({
    context,
    body: contents.map((_, i) => targetOf(i, tags[i % tags.length] as string)).join(''),
    before: `${without}hyperedge('placements', [], { html: true })`,
    path: '/',
    script: 'data-timeout-ms="9000"',
  });
  return { ...opened, trouble };
}

const TRUSTED = {
  'content-security-policy':
    "script-src 'unsafe-inline' http://127.0.0.1:*; require-trusted-types-for 'script'; trusted-types hyperedge",
};

test.each([
  ['without any policy of the page', {}, ['div', 'a', 'img']],
  ['with Trusted Types enforced', TRUSTED, ['section', 'p', 'a']],
])(`${VALUES.length} payloads in every field, of three kinds of elements in turn, %s`, async (_, headers, tags) => {
  expect(VALUES.length).toBeGreaterThanOrEqual(200);
  const contents = VALUES.map(everywhere);
  const { page, context, trouble, errors } = await show(contents, tags, headers, COUNTING);
  expect(await provoke(page, contents.length)).toEqual(QUIET);
  expect(trouble).toEqual([]);
  expect(errors).toEqual([]);
  // It did show what may be shown: otherwise nothing was proved.
  const shown = await page.locator('[data-hyperedge-part=text]').allTextContents();
  expect(shown.filter((text) => text.includes('hit')).length).toBeGreaterThan(100);
  expect(await page.locator('[data-hyperedge-part=html] b, [data-hyperedge-part=html] img').count()).toBeGreaterThan(
    20,
  );
  await context.close();
});

test('every one of them is refused at publish, where it would be more than text', () => {
  const isTaken = (field: object) => content.safeParse(field).success;
  // Entities in a title are its text.
  expect([...MARKUP, ...MORE_MARKUP].filter((html) => /</.test(html) && isTaken({ html }))).toEqual([
    '<b title="&quot;&gt;&lt;img src=x onerror=window.hit=1&gt;">x</b>',
  ]);
  for (const field of ['href', 'src', 'redirect', 'srcset'])
    expect([...ADDRESSES, ...MARKUP].filter((value) => isTaken({ [field]: value }))).toEqual([]);
  const isKept = (name: string, value: string) =>
    Object.hasOwn(content.safeParse({ attributes: { [name]: value } }).data?.attributes ?? {}, name);
  expect(ATTRIBUTES.filter(([name, value]) => isKept(name, value))).toEqual([]);
});
