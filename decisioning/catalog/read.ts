/**
 * What a reader does with slices it was handed, after checking their hash: a last look at everything that deciding relies on, so that a
 * poisoned or foreign slice is refused and the last good one kept. Conditions are compiled, and refused, by `openSlice`.
 */
import type { Shape } from './shape.ts';
import { type ContentsSlice, type Directory, LEDGER_SLICE_FORMAT, type RulesSlice, SLICE_FORMAT } from './slice.ts';
import { contentsShape, directoryShape, rulesShape } from './slice-shapes.ts';

/** `at` is where the text does not have the shape: a JSON pointer. */
export type ReadResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: 'not_json' | 'unknown_format' | 'bad_shape'; readonly at: string };

function read<T>(json: string, shape: Shape): ReadResult<T> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { ok: false, reason: 'not_json', at: '/' };
  }
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (format !== SLICE_FORMAT && format !== LEDGER_SLICE_FORMAT)
    return { ok: false, reason: 'unknown_format', at: '/format' };
  const at = shape(value, '');
  return at === undefined ? { ok: true, value: value as T } : { ok: false, reason: 'bad_shape', at };
}

/** A rules slice from its JSON text. */
export function readRules(json: string): ReadResult<RulesSlice> {
  return read(json, rulesShape);
}

/** A contents slice from its JSON text. */
export function readContents(json: string): ReadResult<ContentsSlice> {
  return read(json, contentsShape);
}

/** A directory from its JSON text. */
export function readDirectory(json: string): ReadResult<Directory> {
  return read(json, directoryShape);
}
