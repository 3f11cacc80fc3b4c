import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildGuides } from './build.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'guides-'));
let pages: readonly string[];

beforeAll(async () => {
  await buildGuides(root, '{{TITLE}}{{INDEX}}{{PAGE}}', join(folder, 'docs'));
  pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Addresses of the guides that a page leads to, without their anchors. */
const leadsTo = (page: string): string[] =>
  [...readFileSync(join(folder, page), 'utf8').matchAll(/href="(\/docs\/[^"#]*)/g)].map(([, address]) => address!);

test('every link between pages leads to the address that answers with one, without a detour', () => {
  const addresses = [...new Set(pages.flatMap(leadsTo))];
  expect(addresses.length).toBeGreaterThan(80);
  const fileAt = (address: string) =>
    address.endsWith('/') ? `${address}index.html` : address.endsWith('.png') ? address : `${address}.html`;
  expect(addresses.filter((address) => !existsSync(join(folder, fileAt(address))))).toEqual([]);
});

test('every decision has a page, and the list of them leads there', () => {
  const decisions = readdirSync(join(root, 'docs/adr')).map((file) => `/docs/adr/${file.replace(/\.md$/, '')}`);
  expect(decisions.length).toBeGreaterThan(30);
  expect(leadsTo('docs/adr/index.html').filter((address) => address.startsWith('/docs/adr/0'))).toEqual(
    decisions.toSorted(),
  );
  expect(leadsTo('docs/guides/quickstart.html')).toContain('/docs/adr/0029-what-leaves-no-mark-is-not-stored');
});
