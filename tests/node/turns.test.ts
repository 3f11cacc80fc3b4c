import { describe, expect, it } from 'vitest';
import { inTurns } from '../turns.ts';

const project = (path: string): string =>
  path.startsWith('tests/browser/') ? 'browser' : path.startsWith('tests/workerd/') ? 'workerd' : 'node';
const ordered = (paths: readonly string[]): string[] =>
  inTurns(paths, (path) => ({ project: project(path), path, isShared: path.startsWith('decisioning/') }));

describe('the order in which all tests run', () => {
  const pages = Array.from({ length: 10 }, (_, i) => `tests/browser/${i}.test.ts`);
  const pure = Array.from({ length: 60 }, (_, i) => `decisioning/${i}.test.ts`);

  it('every file has its turn, once', () => {
    expect(ordered([...pages, ...pure]).toSorted()).toEqual([...pages, ...pure].toSorted());
    expect(ordered([])).toEqual([]);
    expect(ordered(pages)).toEqual(pages);
  });

  it('what waits stands evenly between what computes, wherever it came from', () => {
    const places = ordered([...pages, ...pure]).flatMap((path, i) => (project(path) === 'browser' ? [i] : []));
    const gaps = places.slice(1).map((place, i) => place - (places[i] as number));
    expect(Math.min(...gaps)).toBe(7);
    expect(Math.max(...gaps)).toBe(7);
  });

  it('the longest of each kind come first', () => {
    const slow = 'simulations/faults/histories-1.test.ts';
    const waits = 'tests/node/kill.test.ts';
    const order = ordered([...pages, ...pure, waits, slow]);
    expect(order.slice(0, 2).toSorted()).toEqual([slow, waits].toSorted());
  });

  it('files that may share a process follow each other, after those that may not', () => {
    const apart = Array.from({ length: 5 }, (_, i) => `simulations/${i}.test.ts`);
    const long = 'decisioning/scoring/watch/looks.test.ts';
    expect(ordered([...pure, long, ...apart])).toEqual([...apart, long, ...pure]);
  });
});
