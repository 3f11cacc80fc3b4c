/** The decision log as a table: what a model was told at each trial, by input, with what came of it. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { LoggedScoring } from '../../../contract/models/decision-log.ts';
import { modelManifest } from '../../../contract/models/manifest.ts';
import type { ModelInput, ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { seenInputs } from '../../../decisioning/scoring/score-customer.ts';
import { rowWidth } from '../../../decisioning/scoring/vector.ts';
import { type LoggedTrial, loggedTrials } from '../log.ts';
import { dataFile } from './data-file.ts';
import { TrainingRefusal } from './refusal.ts';
import type { Table } from './table.ts';

/** Where rows come from: files below a folder, as the log's bucket has them. */
export interface LogSource {
  readonly log: string;
  readonly model: string;
  /** Of the version that was told; its inputs say what a logged row's numbers mean. */
  readonly manifest?: string;
  /** Rows of these versions alone. */
  readonly versions?: readonly number[];
}

const LOG_FILE = '.ndjson';
const MANIFEST = 'manifest.json';

/** A scoring that has a row: one that came too late has none. */
function scoringOf({ used, shadow }: LoggedTrial, versions: readonly number[] | undefined): LoggedScoring | undefined {
  return [used, shadow].find(
    (one) => one !== undefined && one.row.length > 0 && (versions?.includes(one.version) ?? true),
  );
}

/**
 * Trials in the order of time. Columns: each input's name, and `decision.at`, `.campaign`, `.arm`, `.leaf`, `.propensity`, `outcome.converted` (yes or no), `outcome.value`.
 *
 * @throws TrainingRefusal if there is no trial of the model, or rows of a version whose inputs are others than the manifest's
 */
export function readLog(specFile: string, source: LogSource): Table {
  const folder = dataFile(specFile, source.log);
  const hash = createHash('sha256');
  const texts = logFiles(folder).map((name) => {
    const bytes = readFileSync(join(folder, name));
    hash.update(name).update(bytes);
    return bytes.toString('utf8');
  });
  const manifest = manifestOf(specFile, source);
  const trials = loggedTrials(texts.join('\n'), source.model).toSorted((one, other) =>
    keyOf(one) < keyOf(other) ? -1 : 1,
  );
  const records = trials.flatMap((trial) => {
    const scoring = scoringOf(trial, source.versions);
    return scoring ? [recordOf(trial, scoring, manifest)] : [];
  });
  if (records.length === 0) throw new TrainingRefusal(`${source.log}: no trial that ${source.model} was asked for`);
  return { records, sha256: hash.digest('hex') };
}

const keyOf = ({ decision: { at, decision } }: LoggedTrial) => `${at} ${decision}`;

function logFiles(folder: string): string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.endsWith(LOG_FILE)).sort();
  } catch (error) {
    throw new TrainingRefusal(`cannot read the log: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function manifestOf(specFile: string, { manifest = MANIFEST, model }: LogSource): ModelManifest {
  const file = resolve(dirname(specFile), manifest);
  try {
    const read = modelManifest.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (read.id === model) return read;
  } catch (error) {
    throw new TrainingRefusal(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new TrainingRefusal(
    `data.manifest: ${file} is not of ${model}: name the manifest of the version that was told`,
  );
}

function recordOf(
  { decision, converted, value }: LoggedTrial,
  { version, row, missing }: LoggedScoring,
  manifest: ModelManifest,
) {
  const width = rowWidth(manifest.inputs);
  if (row.length !== width)
    throw new TrainingRefusal(
      `data.versions: version ${version} was told ${row.length} numbers, and the manifest has ${width}: name the versions that it is of`,
    );
  const numbers = Float64Array.from(row, (number) => number ?? Number.NaN);
  const seen = Object.entries(seenInputs({ manifest }, numbers, missing));
  return {
    ...Object.fromEntries(seen.map(([name, one]) => [name, textOf(manifest.inputs, name, one)])),
    'decision.at': decision.at,
    'decision.campaign': decision.campaign,
    'decision.arm': decision.arm,
    'decision.leaf': decision.leaf,
    'decision.propensity': String(decision.propensityCampaign * decision.propensityArm),
    'outcome.converted': converted ? 'yes' : 'no',
    'outcome.value': String(value),
  };
}

/** As a table would have it: yes by the first word that the input takes for yes. */
function textOf(inputs: readonly ModelInput[], name: string, value: number | string | boolean | null): string {
  if (value === null) return '';
  const encoding = inputs.find((input) => input.name === name)?.encoding;
  if (encoding?.kind === 'boolean' && value === true) return encoding.trueValues?.[0] ?? 'true';
  return String(value);
}
