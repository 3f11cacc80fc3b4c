/** One customer's score with everything that it was made of: what people ask for one by one. */
import { seenValue } from './explain/decode.ts';
import type { Explain } from './explain/explain.ts';
import type { Explanation, Unexplained } from './explain/explanation.ts';
import { playersOf } from './explain/players.ts';
import { type Told, tell } from './explain/words.ts';
import { outputsOf } from './outputs.ts';
import type { ServedModel } from './served.ts';
import { columnNames, encodeRow } from './vector.ts';

/** An input by name: what was found, what the model saw of it, and what its columns hold. */
export interface NamedInput {
  readonly name: string;
  readonly attribute: string;
  /** What the path answered; null where it had nothing. */
  readonly value: unknown;
  readonly missing: boolean;
  /** A number beyond the range, or a text that the input does not name. */
  readonly outside: boolean;
}

export interface CustomerScore {
  /** By output name; empty where the model gives no number within its range. */
  readonly outputs: Readonly<Record<string, number>>;
  readonly inputs: readonly NamedInput[];
  /** The encoded row by column; null stands for NaN. */
  readonly row: Readonly<Record<string, number | null>>;
  readonly explanation?: Explanation;
  readonly told?: Told;
  /** Why there is no explanation. */
  readonly unexplained?: Unexplained;
}

/** @param explain of the same model; without it nothing is explained */
export function scoreCustomer(
  { manifest, opened }: ServedModel,
  resolve: (path: string) => unknown,
  explain?: Explain,
): CustomerScore {
  const { row, missing, outside } = encodeRow(manifest.inputs, resolve);
  const names = columnNames(manifest.inputs);
  const scored = {
    outputs: outputsOf(manifest, opened.run(row, 1)),
    inputs: manifest.inputs.map(({ name, attribute }) => ({
      name,
      attribute,
      value: resolve(attribute) ?? null,
      missing: missing.includes(name),
      outside: outside.includes(name),
    })),
    row: Object.fromEntries(names.map((name, i) => [name, Number.isNaN(row[i]) ? null : row[i]!])),
  };
  const explanation = explain?.({ row, missing });
  if (!explanation) return scored;
  if ('unexplained' in explanation) return { ...scored, ...explanation };
  return { ...scored, explanation, told: tell(manifest, explanation) };
}

/** What a row of a receipt says, input by input: null is missing. */
export function seenInputs(
  { manifest }: Pick<ServedModel, 'manifest'>,
  row: ArrayLike<number>,
  missing: readonly string[],
): Readonly<Record<string, ReturnType<typeof seenValue>>> {
  return Object.fromEntries(playersOf(manifest.inputs).map((player) => [player.name, seenValue(player, row, missing)]));
}
