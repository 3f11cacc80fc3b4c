import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DECISIONS, ENTRIES, FOLDERS, listHtml, neighboursHtml } from './contents.ts';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const entry = (name: string) => ENTRIES.find((one) => one.name === name)!;

test('every page of the shown folders stands in the list, once, and no other', () => {
  const written = FOLDERS.flatMap((folder) =>
    readdirSync(`${docs}${folder}`)
      .filter((file) => file.endsWith('.md'))
      .map((file) => `${folder}/${file}`),
  );
  expect(ENTRIES.map(({ folder, name }) => `${folder}/${name}.md`).toSorted()).toEqual(written.toSorted());
});

/** Half a second on a slow line is too long for one picture. */
const MAX_PICTURE_BYTES = 150_000;

test('every page of the page script has a picture, and none of them is heavy', async () => {
  const pages = ['page-script.md', ...readdirSync(`${docs}guides/page`).map((file) => `page/${file}`)];
  for (const page of pages.filter((file) => file.endsWith('.md'))) {
    const pictures = [...(await readFile(`${docs}guides/${page}`, 'utf8')).matchAll(/!\[[^\]]+\]\(([\w-]+\.png)\)/g)];
    expect(pictures, page).not.toEqual([]);
    for (const [, name] of pictures) {
      const { size } = statSync(new URL(name!, `file://${docs}guides/${page}`));
      expect(size, name).toBeLessThan(MAX_PICTURE_BYTES);
    }
  }
});

test('policies stand in the order in which their index comes to them', async () => {
  const index = await readFile(`${docs}guides/policies/index.md`, 'utf8');
  const named = [...index.matchAll(/\]\(([a-z-]+)\.md\)/g)].map(([, name]) => name!);
  const listed = ENTRIES.filter(({ folder }) => folder === 'guides/policies').map(({ name }) => name);
  expect(listed).toEqual(['index', ...new Set(named)]);
});

test('the page that is read is marked, and no other', () => {
  expect(listHtml(entry('ucb')).match(/<a [^>]*aria-current="page">[^<]*/g)).toEqual([
    '<a href="/docs/guides/policies/ucb" aria-current="page">UCB',
  ]);
  expect(listHtml(DECISIONS).match(/<a [^>]*aria-current="page">[^<]*/g)).toEqual([
    '<a href="/docs/adr/" aria-current="page">Decisions',
  ]);
  expect(listHtml()).not.toContain('aria-current');
});

test('each page leads to the ones before and after it; the first and the last have one neighbour', () => {
  expect(neighboursHtml(entry('success'))).toBe(
    '<nav class="turn" aria-label="Before and after">' +
      '<a rel="prev" href="/docs/guides/policies/fixed-split"><span>Before</span>Fixed split</a>' +
      '<a rel="next" href="/docs/guides/phases"><span>Next</span>From careful to confident</a></nav>',
  );
  expect(neighboursHtml(ENTRIES[0]!)).not.toContain('rel="prev"');
  expect(neighboursHtml(ENTRIES[0]!)).toContain('>Choosing a policy</a>');
  expect(neighboursHtml(ENTRIES.at(-1)!)).not.toContain('rel="next"');
});
