/** The matrix of docs/reference/security.md against the tests that it names. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rowsUnder } from './docs/markdown.ts';
import { projectRoot, readProjectFile } from './tidy/files.ts';

const rows = rowsUnder(readProjectFile('docs/reference/security.md'), 'Security').filter((row) => row.length === 5);
const unquoted = (cell = ''): string => cell.replace(/^`|`$/g, '');

/** Whether a file has a test, or a group of them, of this title as it is written there. */
function isIn(file: string, title: string): boolean {
  if (!/\.test\.ts$/.test(file) || !existsSync(join(projectRoot, file))) return false;
  const source = readProjectFile(file);
  return ["'", '"', '`'].some(
    (quote) => source.includes(`(${quote}${title}${quote}`) || source.includes(`\n    ${quote}${title}${quote},`),
  );
}

/** Rows whose test is not there. */
const lost = (found: readonly string[][]): string[] =>
  found.filter(([, , , file, title]) => !isIn(unquoted(file), unquoted(title))).map((row) => row.join(' | '));

describe('the security matrix', () => {
  test('would tell of a file and of a title that are not there', () => {
    const [first] = rows;
    expect(lost([first!])).toEqual([]);
    expect(lost([[...first!.slice(0, 3), '`tests/nowhere.test.ts`', first![4]!]])).toHaveLength(1);
    expect(lost([[...first!.slice(0, 4), '`is a title that nobody gave`']])).toHaveLength(1);
  });

  test('names tests that are there, by file and title', () => {
    expect(rows.length).toBeGreaterThan(50);
    expect(lost(rows)).toEqual([]);
  });

  test('answers each of the ten of 2023, and says sections as they are numbered', () => {
    const entries = new Set(rows.flatMap(([, , api = '']) => api.split(', ')));
    expect([...entries].sort()).toEqual(Array.from({ length: 10 }, (_, i) => `API${i + 1}`).sort());
    for (const [what, sections = ''] of rows) expect(sections, what).toMatch(/^V\d{1,2}\.\d(, V\d{1,2}\.\d)*$/);
  });
});
