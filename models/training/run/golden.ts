/** Customers with the row and the scores that every host must give them. */

import type { OpenedModel } from '../../../decisioning/scoring/engine.ts';
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { encodeRow } from '../../../decisioning/scoring/vector.ts';

/** Of those who were given, spread over them; two come besides: one of whom nothing is known, and one beyond everything. */
export const GOLDEN_ROWS = 24;

export interface GoldenCase {
  /** By path; what is not there is missing. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Encoded; null stands for NaN. */
  readonly row: readonly (number | null)[];
  readonly missing: readonly string[];
  /** By output name. */
  readonly scores: Readonly<Record<string, number>>;
}

/** @param customers invented ones, or texts that are public: attributes by path */
export function goldenOf(
  manifest: ModelManifest,
  opened: Pick<OpenedModel, 'run'>,
  customers: readonly ReadonlyMap<string, unknown>[],
): GoldenCase[] {
  const nobody = new Map<string, unknown>();
  // Texts nobody has said, numbers beyond every range.
  const stranger = new Map<string, unknown>(
    manifest.inputs.map(({ attribute, encoding }) => [attribute, encoding.kind === 'number' ? 1e9 : 'something else']),
  );
  const step = Math.max(1, Math.floor(customers.length / GOLDEN_ROWS));
  const chosen = Array.from({ length: Math.min(GOLDEN_ROWS, customers.length) }, (_, i) => customers[i * step]!);
  return [...chosen, nobody, stranger].map((attributes) => {
    const { row, missing } = encodeRow(manifest.inputs, (path) => attributes.get(path));
    const outputs = opened.run(row, 1);
    return {
      attributes: Object.fromEntries([...attributes].filter(([, value]) => value !== null)),
      row: Array.from(row, (value) => (Number.isNaN(value) ? null : value)),
      missing,
      scores: Object.fromEntries(manifest.outputs.map(({ name, tensor, column }) => [name, outputs[tensor]![column]!])),
    };
  });
}

/** One case a line. */
export function goldenText(cases: readonly GoldenCase[]): string {
  return `[\n${cases.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`;
}
