/** From a table in a file to the rows that a model learns from, through the encoder that serves. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import type { ModelInput } from '../../../decisioning/scoring/manifest.ts';
import { encodeInto, rowWidth } from '../../../decisioning/scoring/vector.ts';
import type { Rows } from '../rows.ts';
import { dataFile } from './data-file.ts';
import { readLog } from './log-table.ts';
import { TrainingRefusal } from './refusal.ts';
import type { SpecInput, TrainingSpec } from './schema.ts';

/** First bytes of a gzipped file. */
const GZIP = [0x1f, 0x8b] as const;
/** More rows than this want a trainer that does not hold them all. */
const MAX_TABLE_ROWS = 2_000_000;

type Record_ = Readonly<Record<string, string>>;

export interface Table {
  readonly records: readonly Record_[];
  /** SHA-256 of the file as it lies there. */
  readonly sha256: string;
}

/** @throws TrainingRefusal if the file cannot be read, or lacks a column that the spec names */
export function readTable(specFile: string, spec: TrainingSpec): Table {
  const { file, log, model, delimiter, manifest, versions } = spec.data;
  const { records, sha256 } =
    log !== undefined && model !== undefined
      ? readLog(specFile, { log, model, ...(manifest !== undefined && { manifest }), ...(versions && { versions }) })
      : readRecords(dataFile(specFile, file ?? ''), delimiter);
  const named = [spec.target.column, ...spec.inputs.map(({ column }) => column)];
  if ('column' in spec.folds) named.push(spec.folds.column);
  const lacking = named.filter((column) => !Object.hasOwn(records[0]!, column));
  if (lacking.length > 0) throw new TrainingRefusal(`${file ?? log}: no column ${lacking.join(', ')}`);
  return { records, sha256 };
}

/** A CSV file, plain or gzipped, as records by column. @throws TrainingRefusal if it cannot be read or is empty */
export function readRecords(file: string, delimiter = ','): Table {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new TrainingRefusal(`cannot read the data: ${error instanceof Error ? error.message : String(error)}`);
  }
  const plain = bytes[0] === GZIP[0] && bytes[1] === GZIP[1] ? gunzipSync(bytes) : bytes;
  const records: Record_[] = parse(plain as Buffer, { columns: true, delimiter, bom: true, to: MAX_TABLE_ROWS });
  if (records.length === 0) throw new TrainingRefusal(`${file}: no rows`);
  return { records, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** The input as the manifest has it. */
export function declared({ column: _, absent: __, rename: ___, ...input }: SpecInput): ModelInput {
  return input;
}

/** A record as a customer's attributes, of the types that serving has: numbers as numbers, booleans as booleans. */
export function attributesOf(inputs: readonly SpecInput[], record: Record_): Map<string, unknown> {
  return new Map(inputs.map((input) => [input.attribute, attributeOf(input, record[input.column] ?? '')]));
}

function attributeOf({ encoding, absent = [], rename = {} }: SpecInput, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '' || absent.includes(trimmed)) return null;
  const word = rename[trimmed] ?? trimmed;
  if (encoding.kind === 'number') return Number(trimmed);
  return encoding.kind === 'boolean' && !encoding.trueValues ? word === 'true' : word;
}

export interface TrainingRows {
  readonly inputs: readonly ModelInput[];
  readonly rows: Rows;
  /** 0 or 1. */
  readonly answers: Float64Array;
  /** Row by row, the names of the inputs without a value. */
  readonly missing: readonly (readonly string[])[];
}

/** Every record encoded. @throws TrainingRefusal if all answers are the same */
export function trainingRows(spec: TrainingSpec, { records }: Table): TrainingRows {
  const inputs = spec.inputs.map(declared);
  const width = rowWidth(inputs);
  const values = new Float64Array(records.length * width);
  const missing: string[][] = [];
  for (const [i, record] of records.entries()) {
    const attributes = attributesOf(spec.inputs, record);
    const notes = { missing: [] as string[], outside: [] as string[] };
    encodeInto(values, i * width, inputs, (path) => attributes.get(path), notes);
    missing.push(notes.missing);
  }
  const answers = Float64Array.from(records, (record) =>
    spec.target.positive.includes(record[spec.target.column]!) ? 1 : 0,
  );
  if (answers.every((answer) => answer === answers[0])) {
    throw new TrainingRefusal(`target: every row of "${spec.target.column}" has the same answer`);
  }
  return { inputs, rows: { values, width }, answers, missing };
}
