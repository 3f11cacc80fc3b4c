import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseCsv, readCsv } from './csv.ts';

async function* pieces(text: string, size: number) {
  for (let i = 0; i < text.length; i += size) yield text.slice(i, i + size);
}

async function rowsOf(text: string, size = 5) {
  const rows: [number, ...string[]][] = [];
  for await (const { line, cells } of parseCsv('log.csv', pieces(text, size))) rows.push([line, ...cells]);
  return rows;
}

describe('parseCsv', () => {
  test.each([
    [
      'plain rows',
      'a,b\n1,2\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2'],
      ],
    ],
    [
      'a last row without a line end',
      'a\n1',
      [
        [1, 'a'],
        [2, '1'],
      ],
    ],
    [
      'CR LF',
      'a,b\r\n1,2\r\n3,4\r\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2'],
        [3, '3', '4'],
      ],
    ],
    [
      'CR alone',
      'a\r1\r',
      [
        [1, 'a'],
        [2, '1'],
      ],
    ],
    [
      'commas, quotes and line ends in quotes',
      '"a,b","c""d"\n"x\ny",2\nz,3',
      [
        [1, 'a,b', 'c"d'],
        [2, 'x\ny', '2'],
        [4, 'z', '3'],
      ],
    ],
    [
      'empty cells',
      ',\n"",x\n',
      [
        [1, '', ''],
        [2, '', 'x'],
      ],
    ],
    [
      'blank lines left out, lines still counted',
      'a\n\n\n1\n',
      [
        [1, 'a'],
        [4, '1'],
      ],
    ],
    [
      'a byte order mark',
      '\ufeffa\n1',
      [
        [1, 'a'],
        [2, '1'],
      ],
    ],
    ['letters beyond ASCII', 'ä,€\n', [[1, 'ä', '€']]],
  ])('reads %s, however the text is cut', async (_, text, expected) => {
    for (const size of [1, 2, 3, 1_000]) expect(await rowsOf(text, size)).toEqual(expected);
  });

  test.each([
    ['a quote that is never closed', 'a\n"x\ny', 'log.csv:2: a quote is never closed'],
    ['text after a closing quote', 'a\n"x"y', 'log.csv:2: column 1: "y" after a closing quote'],
    ['a quote inside a cell', 'a,b\n1,x"y', 'log.csv:2: column 2: a quote inside an unquoted cell'],
    ['a row without end', `a\n${'x'.repeat(1_100_000)}`, 'log.csv:2: this row is longer than'],
    ['columns without end', `${','.repeat(10_001)}`, 'log.csv:1: more than 10000 columns'],
  ])('refuses %s, naming the line', async (_, text, message) => {
    await expect(rowsOf(text, 10_000)).rejects.toThrow(message);
  });
});

describe('readCsv', () => {
  const folder = mkdtempSync(join(tmpdir(), 'csv-'));
  const collect = async (file: string) => {
    const rows = [];
    for await (const row of readCsv(file)) rows.push(row.cells);
    return rows;
  };

  test('tells gzip by its content, refuses a cut-off one and a missing file', async () => {
    const text = 'a,b\n1,2\n';
    writeFileSync(join(folder, 'plain.gz'), text);
    writeFileSync(join(folder, 'zipped.csv'), gzipSync(text));
    writeFileSync(join(folder, 'cut.gz'), gzipSync(text.repeat(1_000)).subarray(0, 40));
    expect(await collect(join(folder, 'plain.gz'))).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(await collect(join(folder, 'zipped.csv'))).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    await expect(collect(join(folder, 'cut.gz'))).rejects.toThrow('cut.gz: cannot be read');
    await expect(collect(join(folder, 'none.csv'))).rejects.toThrow('none.csv: cannot be read');
    rmSync(folder, { recursive: true });
  });
});
