/** The rules of the house, kept by a test: every rule is first shown to bite, then applied to every file. */
import { describe, expect, test } from 'vitest';
import { factsOf } from './tidy/code.ts';
import { blobsOver, projectFiles, readProjectFile } from './tidy/files.ts';
import {
  functionFindings,
  importFindings,
  lengthFindings,
  MAX_BLOB_BYTES,
  MAX_FILE_LINES,
  MAX_FUNCTION_LINES,
  orphanFindings,
  purityFindings,
  ROOMS,
  textFindings,
} from './tidy/rules.ts';

const files = projectFiles();
const code = new Map(
  files.filter((file) => /\.(ts|tsx|mjs)$/.test(file)).map((file) => [file, factsOf(file, readProjectFile(file))]),
);
/** Generated, or not text that people write line by line. */
const isWritten = (file: string) =>
  /\.(ts|tsx|mjs|js|css|html|md|yaml|toml|json|sql)$|^\.ci\/run$/.test(file) &&
  !/^(package-lock\.json|worker\/env\.d\.ts|migrations\/|examples\/schemas\/)/.test(file);

const everyCodeFile = (rule: (file: string, facts: ReturnType<typeof factsOf>) => string[]) =>
  [...code].flatMap(([file, facts]) => rule(file, facts));

const importing = (file: string, source: string) => importFindings(file, factsOf(file, source));

describe('who may import whom', () => {
  test.each([
    ['decisioning/a.ts', "import { x } from '../contract/y.ts';"],
    ['decisioning/a.ts', "import type { X } from '../contract/y.ts';"],
    ['decisioning/a.ts', "import * as z from 'zod';"],
    ['decisioning/a.ts', "export * from 'node:fs';"],
    ['decisioning/a/b.ts', "const x = await import('../../worker/y.ts');"],
    ['decisioning/a.ts', "type X = import('../worker/y.ts').X;"],
    ['contract/a.ts', "import { x } from '../db/y.ts';"],
    ['db/a.ts', "import { x } from '../worker/y.ts';"],
    ['durable-objects/customer/a.ts', "import { x } from '../../worker/y.ts';"],
    ['worker/a.ts', "import { x } from '../cli/y.ts';"],
    ['client-snippet/a.ts', "import { x } from '../contract/y.ts';"],
    ['client-snippet/a.ts', "import { x } from 'zod';"],
    ['cli/a.ts', "import { x } from '../db/schema.ts';"],
    ['scripts/a.ts', "import { x } from '../worker/y.ts';"],
  ])('%s: refuses %s', (file, source) => {
    expect(importing(file, source)).toHaveLength(1);
  });

  test.each([
    ['decisioning/a.ts', "import { x } from 'pure-rand/generator/y';"],
    ['client-snippet/a.ts', "import type { X } from '../contract/y.ts';"],
    ['worker/a.ts', "import { x } from '../durable-objects/y.ts';"],
    ['cli/a.ts', "import { x } from '../db/bootstrap.ts';"],
    ['worker/a.test.ts', "import { x } from '../cli/y.ts';"],
  ])('%s: allows %s', (file, source) => {
    expect(importing(file, source)).toEqual([]);
  });

  test('holds in every file, and every folder of code is a known room', () => {
    expect(everyCodeFile(importFindings)).toEqual([]);
    const rooms = new Set([...code.keys()].filter((file) => file.includes('/')).map((file) => file.split('/')[0]!));
    const unknown = [...rooms].filter((room) => !(room in ROOMS) && !['tests', '.ci', 'examples'].includes(room));
    expect(unknown).toEqual([]);
  });
});

describe('decisioning has no clock, randomness or timers of its own', () => {
  test.each([
    'Date.now()',
    'new Date()',
    'Math.random()',
    'performance.now()',
    'crypto.subtle',
    'globalThis.x',
    'setTimeout(f)',
  ])('refuses %s', (source) => {
    expect(purityFindings('decisioning/a.ts', factsOf('decisioning/a.ts', source))).not.toEqual([]);
  });

  test('allows dates of given times, and fields that are called like a global', () => {
    const source = 'new Date(5); input.performance; const x = { crypto: 1 };';
    expect(purityFindings('decisioning/a.ts', factsOf('decisioning/a.ts', source))).toEqual([]);
  });

  test('holds in every file', () => {
    expect(everyCodeFile(purityFindings)).toEqual([]);
  });
});

describe('size', () => {
  test('a function of 70 lines passes, one of 71 does not', () => {
    const ofLines = (lines: number) => `function f() {\n${'x();\n'.repeat(lines - 2)}}`;
    const found = (lines: number) => functionFindings('worker/a.ts', factsOf('worker/a.ts', ofLines(lines)));
    expect(found(MAX_FUNCTION_LINES)).toEqual([]);
    expect(found(MAX_FUNCTION_LINES + 1)).toEqual(['worker/a.ts:1: f has 71 lines, at most 70']);
  });

  test('a file of 300 lines passes, one of 301 does not', () => {
    expect(lengthFindings('a.ts', 'x\n'.repeat(MAX_FILE_LINES))).toEqual([]);
    expect(lengthFindings('a.ts', 'x\n'.repeat(MAX_FILE_LINES + 1))).toHaveLength(1);
  });

  test('holds in every file', () => {
    expect(everyCodeFile(functionFindings)).toEqual([]);
    const written = files.filter((file) => code.has(file) && isWritten(file));
    expect(written.flatMap((file) => lengthFindings(file, readProjectFile(file)))).toEqual([]);
  });

  test('no blob of the history is larger than 500 kB', () => {
    expect(blobsOver(100)).not.toEqual([]);
    expect(blobsOver(MAX_BLOB_BYTES)).toEqual([]);
  });
});

describe('nothing is left lying about', () => {
  test('a marker and a path of somebody’s machine are found', () => {
    expect(textFindings('a.md', `fine\n// ${'TO'}${'DO'}: later`)).toEqual([`a.md:2: "${'TO'}${'DO'}"`]);
    expect(textFindings('a.md', `see ${'/ho'}me/me/notes`)).toHaveLength(1);
    expect(textFindings('a.md', 'campaign/root/object.ts, ../home/')).toEqual([]);
  });

  test('no written file holds one', () => {
    expect(files.filter(isWritten).flatMap((file) => textFindings(file, readProjectFile(file)))).toEqual([]);
  });

  test('a file that nothing imports is found, an entry is not', () => {
    const facts = new Map([
      ['worker/index.ts', factsOf('worker/index.ts', "import './used.ts';")],
      ['worker/used.ts', factsOf('worker/used.ts', '')],
      ['worker/lost.ts', factsOf('worker/lost.ts', '')],
    ]);
    expect(orphanFindings(facts, ['main = "worker/index.ts"'])).toEqual(['worker/lost.ts: nothing imports it']);
  });

  test('every file of code is used', () => {
    const configuration = files.filter((file) =>
      /^(package\.json|biome\.json|wrangler(\.\w+)?\.toml|vitest\.config\.ts|drizzle\.config\.ts|\.ci\/run|client-snippet\/build\.ts|scripts\/test\.mjs)$/.test(
        file,
      ),
    );
    expect(orphanFindings(code, configuration.map(readProjectFile))).toEqual([]);
  });
});
