/** The page's evaluator opens files a task at a time. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { OpenedModel } from '../../decisioning/scoring/engine.ts';
import { openModel } from '../../decisioning/scoring/onnx/index.ts';
import { start } from './onnx.ts';

const FILE = new Uint8Array(readFileSync(new URL('../../models/purchase-intent/model.onnx', import.meta.url)));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** More than any step here waits for. */
const MICROTASKS = 20;

/** How many tasks pass until it is settled, this one not among them. */
async function tasksOf(opening: Promise<unknown>): Promise<number> {
  let isSettled = false;
  const settled = (): void => {
    isSettled = true;
  };
  opening.then(settled, settled);
  for (let tasks = 0; ; tasks++) {
    expect(tasks).toBeLessThan(10);
    for (let turn = 0; turn < MICROTASKS; turn++) await undefined;
    if (isSettled) return tasks;
    vi.advanceTimersToNextTimer();
  }
}

test('a file is read in one task, becomes a model in the next, and is handed over in a third; it scores as if opened at once', async () => {
  const opening = start()(FILE);
  expect(await tasksOf(opening)).toBe(3);
  const [model, atOnce] = [await opening, openModel(FILE) as OpenedModel];
  const rows = Float32Array.from({ length: 3 * atOnce.inputs[0]!.width }, (_, i) => i % 7);
  expect(model.run(rows, 3)).toEqual(atOnce.run(rows, 3));
});

test.each([
  ['what is no such file', new TextEncoder().encode('<!doctype html>'), 1],
  ['a file without a graph', new Uint8Array(), 2],
  ['a file that is cut short', FILE.subarray(0, 20_000), 1],
])('%s is rejected, as soon as that is known', async (_, bytes, tasks) => {
  const opening = start()(bytes);
  expect(await tasksOf(opening)).toBe(tasks);
  await expect(opening).rejects.toThrow();
});
