import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DECISIONS_A_CUSTOMER, EVENTS, KINDS, type Kind, PRICES, ROWS, SEEN_SHARE, sumOf } from './sums.ts';

test('the parts of a sum are its whole, and processor time is in it once', () => {
  for (const kind of KINDS) {
    const { together, ...parts } = sumOf(kind, 0.4, 0.5);
    expect(together).toBeCloseTo(
      Object.values(parts).reduce((sum, part) => sum + part, 0),
      12,
    );
    const dearer = sumOf(kind, 1.4, 0.5);
    expect(dearer.together - together).toBeCloseTo(PRICES.cpuMs, 12);
  }
});

test('a decision without a mark costs its row less, a paid one its claim and an alarm more, an anonymous one no call', () => {
  const rows = (kind: Kind) => sumOf(kind, 0, 0).rows;
  const objects = (kind: Kind) => sumOf(kind, 0, 0).objects;
  const unseen = 1 - SEEN_SHARE;
  expect(rows('capped') - rows('uncapped')).toBeCloseTo(ROWS.decision + unseen * ROWS.forgotten, 12);
  expect(rows('budgeted') - rows('capped')).toBeCloseTo(ROWS.claim + unseen * ROWS.lapsed + ROWS.alarm, 12);
  expect(objects('budgeted') - objects('capped')).toBeCloseTo((1 + unseen) * PRICES.objectRequest, 12);
  expect(objects('anonymous') - objects('uncapped')).toBeCloseTo((2 * SEEN_SHARE - 1) * PRICES.objectRequest, 12);
});

test('a new customer costs their object once, and a visitor who is forgotten a tombstone and no tables', () => {
  const births = (kind: Kind) => sumOf(kind, 0, 0).births;
  expect(births('capped_new')).toBe(ROWS.born);
  expect(births('capped') * DECISIONS_A_CUSTOMER).toBeCloseTo(births('capped_new'), 12);
  expect(births('budgeted') * DECISIONS_A_CUSTOMER).toBeCloseTo(ROWS.born + ROWS.lateTables, 12);
  expect(births('anonymous') / SEEN_SHARE).toBeCloseTo(ROWS.born + ROWS.tombstone, 12);
});

test('requests are those of decisions and of what is told of them', () => {
  expect(sumOf('anonymous', 0, 0).requests).toBeCloseTo((1 + EVENTS) * 0.3, 12);
});

const page = readFileSync(new URL('../../docs/operating/cost.md', import.meta.url), 'utf8');
/** Cells of a table's lines below its head. */
function tableUnder(head: string): string[][] {
  const [, below = ''] = page.split(`\n| ${head} |`);
  const lines = below.split('\n').slice(2);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(0, end).map((line) => line.split('|').slice(1, -1));
}

test('the dollars of the page are the sums of its processor time', () => {
  const eventMs = Number(/an event told took ([\d.]+) ms/.exec(page)?.[1]);
  const lines = tableUnder('$ a million decisions');
  expect(lines).toHaveLength(KINDS.length);
  for (const [i, [, cpu = '', ...dollars]] of lines.entries()) {
    const sum = sumOf(KINDS[i] as Kind, Number.parseFloat(cpu), eventMs);
    const { requests, cpu: cpuUsd, objects, rows, births, duration, together } = sum;
    const expected = [requests, cpuUsd, objects, rows, births, duration, together].map((usd) => usd.toFixed(2));
    expect(dollars.map((cell) => cell.replaceAll('*', '').trim())).toEqual(expected);
  }
});

test("the page's shares add up to them, but for processor time and duration", () => {
  /** `0.62 + 4 × 0.62 (why)`. */
  const shareIn = (cell: string) =>
    cell
      .replace(/\(.*\)/, '')
      .split('+')
      .reduce((sum, part) => sum + part.split('×').reduce((product, factor) => product * Number(factor), 1), 0);
  const lines = tableUnder('| price a million | capped | with money | no mark is left | anonymous, never back');
  const together = lines.pop() ?? [];
  for (const [i, kind] of (['capped', 'budgeted', 'uncapped', 'anonymous'] as const).entries()) {
    const { cpu, duration, together: all } = sumOf(kind, 0, 0);
    const added = lines.reduce((sum, [, price, ...cells]) => sum + Number(price) * shareIn(cells[i] ?? ''), 0);
    expect(added, kind).toBeCloseTo(all - cpu - duration, 1);
    expect(together[i + 2]?.replaceAll('*', '').trim(), kind).toBe((all - cpu - duration).toFixed(1));
  }
});
