/** A trained model's folder as an upload: what `npm run train` writes, or the same files from elsewhere. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CommandFailure } from '../failure.ts';

/** Rows of a card's table of figures, by how they begin, with the names that the registry keeps them by. */
const CARD_FIGURES: readonly (readonly [begins: string, name: string])[] = [
  ['AUC', 'auc'],
  ['log-loss', 'log_loss'],
  ['Brier score', 'brier'],
  ['expected calibration error', 'ece'],
];

/** The body of `POST /v1/models`. */
export interface FolderUpload {
  readonly manifest: { readonly id: string; readonly [field: string]: unknown };
  readonly file: string;
  readonly golden: readonly unknown[];
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly lineage: Readonly<Record<string, unknown>>;
  readonly card: string;
}

/**
 * Reads `manifest.json` and `model.onnx`, and what else is there: `golden.json`, `card.md` with its drawing, `spec.yaml`, and `metrics.json`, without
 * which figures are taken from the card. Throws CommandFailure with the file that is missing or no JSON.
 */
export function folderUpload(folder: string): FolderUpload {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new CommandFailure(`${folder} is no folder: name the folder of a model, e.g. models/churn`);
  const manifest = readJson(folder, 'manifest.json');
  if (typeof manifest !== 'object' || manifest === null || typeof (manifest as { id?: unknown }).id !== 'string')
    throw new CommandFailure(`${join(folder, 'manifest.json')}: id is missing`);
  const card = existsSync(join(folder, 'card.md')) ? readFileSync(join(folder, 'card.md'), 'utf8') : '';
  const golden = existsSync(join(folder, 'golden.json')) ? readJson(folder, 'golden.json') : [];
  const metrics = existsSync(join(folder, 'metrics.json')) ? readJson(folder, 'metrics.json') : cardFigures(card);
  return {
    manifest: manifest as FolderUpload['manifest'],
    file: readBytes(folder, 'model.onnx').toString('base64'),
    golden: golden as readonly unknown[],
    metrics: metrics as FolderUpload['metrics'],
    lineage: lineageOf(folder, card),
    card: withDrawings(folder, card),
  };
}

/**
 * The same upload as a model of a workspace's goal: its scores are judged by who reaches it. The manifest says so, which makes another version of it; a folder
 * that names a goal itself is pushed for the one that is told.
 */
export function forGoal(upload: FolderUpload, goal: string | undefined): FolderUpload {
  if (goal === undefined) return upload;
  const { manifest } = upload;
  return { ...upload, manifest: { ...manifest, watch: { ...(manifest.watch as object | undefined), goal } } };
}

function readBytes(folder: string, name: string): Buffer {
  const path = join(folder, name);
  if (!existsSync(path))
    throw new CommandFailure(`${path} is not there: npm run train -- ${join(folder, 'spec.yaml')}`);
  return readFileSync(path);
}

function readJson(folder: string, name: string): unknown {
  try {
    return JSON.parse(readBytes(folder, name).toString('utf8'));
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`${join(folder, name)} is not JSON`);
  }
}

/** What the card's table says in bold: `| AUC: … | **0.8482** |`. */
export function cardFigures(card: string): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const line of card.split('\n')) {
    const found = /^\| ([^|]+) \| \*\*(-?[\d.]+)\*\* \|/.exec(line);
    const name = found && CARD_FIGURES.find(([begins]) => found[1]!.startsWith(begins))?.[1];
    if (found && name && !Object.hasOwn(figures, name)) figures[name] = Number(found[2]);
  }
  return figures;
}

/** Where the version comes from: the spec that makes it again, its seed, and the data by its hash. */
function lineageOf(folder: string, card: string): Record<string, string | number> {
  const dataSha256 = /SHA-256 `([0-9a-f]{64})`/.exec(card)?.[1];
  const data = dataSha256 === undefined ? {} : { dataSha256 };
  const path = join(folder, 'spec.yaml');
  if (!existsSync(path)) return data;
  const text = readFileSync(path);
  const spec = parse(text.toString('utf8')) as { seed?: unknown; data?: { title?: unknown } };
  return {
    specSha256: createHash('sha256').update(text).digest('hex'),
    ...(typeof spec.seed === 'number' && { seed: spec.seed }),
    ...(typeof spec.data?.title === 'string' && { data: spec.data.title }),
    ...data,
  };
}

/** The card in one piece: drawings beside it lie inside it. */
function withDrawings(folder: string, card: string): string {
  return card.replaceAll(/\]\(([\w.-]+\.svg)\)/g, (whole, name: string) => {
    const path = join(folder, name);
    return existsSync(path) ? `](data:image/svg+xml;base64,${readFileSync(path).toString('base64')})` : whole;
  });
}
