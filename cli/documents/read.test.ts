import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readDocuments } from './read.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('readDocuments', () => {
  test('does not follow links: two that point to their own folder have an end', () => {
    const loop = join(folder, 'loop');
    mkdirSync(loop);
    symlinkSync(loop, join(loop, 'a'));
    symlinkSync(loop, join(loop, 'b'));
    writeFileSync(join(loop, 'goal.yaml'), 'kind: goal\nid: buy\nname: Buy\n');
    expect(readDocuments([loop]).documents).toHaveLength(1);
  });

  test('JSON nested a hundred thousand times is refused in one line', () => {
    const file = join(folder, 'deep.jsonc');
    writeFileSync(file, '['.repeat(100_000));
    expect(() => readDocuments([file])).toThrow('nested too deeply');
  });

  test('YAML nested a hundred thousand times is a finding', () => {
    const file = join(folder, 'deep.yaml');
    writeFileSync(file, '['.repeat(100_000));
    expect(readDocuments([file]).findings[0]?.message).toContain('nested too deeply');
  });
});
