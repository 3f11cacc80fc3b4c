/** The planted faults still fit the code, and their tests are still there. `npm run faults` plants them and sees each caught. */
import { describe, expect, test } from 'vitest';
import { FAULTS } from '../planted/faults/index.ts';
import { readProjectFile } from './tidy/files.ts';

/** What the house promises to be caught. */
const MIN_FAULTS = 25;

describe('planted faults', () => {
  test('are enough, and each has a name of its own', () => {
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
    expect(FAULTS.length).toBeGreaterThanOrEqual(MIN_FAULTS);
  });

  test.each(FAULTS)(
    '$name: its place stands once in $file, and its test is there',
    ({ file, find, replace, caughtBy }) => {
      expect(readProjectFile(file).split(find)).toHaveLength(2);
      expect(replace).not.toBe(find);
      expect(readProjectFile(caughtBy.file)).toContain(caughtBy.title);
    },
  );
});
