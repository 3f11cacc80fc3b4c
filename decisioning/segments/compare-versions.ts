/** The operators of versions: `$veq`, `$vgt` and their relatives. */
import type { CompiledTest } from './compile.ts';
import { versionKey } from './versions.ts';

/** Compile a comparison of versions. */
export function compileVersion(operator: string, expected: unknown): CompiledTest {
  const right = versionKey(expected);
  switch (operator) {
    case '$veq':
      return (actual) => versionKey(actual) === right;
    case '$vne':
      return (actual) => versionKey(actual) !== right;
    case '$vlt':
      return (actual) => versionKey(actual) < right;
    case '$vlte':
      return (actual) => versionKey(actual) <= right;
    case '$vgt':
      return (actual) => versionKey(actual) > right;
    default:
      return (actual) => versionKey(actual) >= right;
  }
}
