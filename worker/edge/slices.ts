/** Slices by hash, parsed and compiled once: immutable, so they are kept until room is needed. */
import type { OpenSlice } from '../../decisioning/catalog/open.ts';
import { openSlice } from '../../decisioning/catalog/open.ts';
import { readContents, readRules } from '../../decisioning/catalog/read.ts';
import type { CatalogManifest, ContentsSlice } from '../../decisioning/catalog/slice.ts';
import type { Deadline } from '../http/deadline.ts';
import { fetchBodies } from './publisher-feed.ts';

/** Two slices for each of some hundred placements; the oldest used go first. */
const MAX_KEPT_SLICES = 256;
/** Of a request's deadline, what it waits for slices: the rest is for deciding, with the last good ones where there are some. */
const SLICE_SHARE = 0.6;

interface KeptSlice {
  readonly body: string;
  readonly rules?: OpenSlice;
  readonly contents?: ContentsSlice;
}

const keptSlices = new Map<string, KeptSlice>();
/** Bodies that nobody has asked for yet. */
let handed: ReadonlyMap<string, string> = new Map();
/** placement → the hashes that last checked out, by `workspace placement`: what is used while a newer slice is out of reach. */
const lastGood = new Map<string, { readonly rules: string; readonly contents: string }>();

/** What was found whole of a manifest, for those who ask for one placement, as most do; for as long as the manifest is current. */
let whole = new WeakMap<CatalogManifest, Map<string, ReadonlyMap<string, PlacementSlices>>>();

export interface PlacementSlices {
  readonly rules: OpenSlice;
  readonly rulesHash: string;
  readonly contents: ContentsSlice;
  /** The catalog names newer slices, but they were out of reach or did not check out. */
  readonly outdated: boolean;
}

/** Forgets everything, as a new isolate would have it. */
export function forgetSlices(): void {
  keptSlices.clear();
  lastGood.clear();
  whole = new WeakMap();
  handed = new Map();
}

/** The JSON text of a rules slice this isolate holds, to hand on to an object that lacks it. */
export function rulesBody(hash: string): string | undefined {
  return keptSlices.get(hash)?.body;
}

function keep(hash: string, slice: KeptSlice): void {
  if (keptSlices.size >= MAX_KEPT_SLICES) {
    const oldest = keptSlices.keys().next().value;
    if (oldest !== undefined) keptSlices.delete(oldest);
  }
  keptSlices.set(hash, slice);
}

function use(hash: string): KeptSlice | undefined {
  const slice = keptSlices.get(hash);
  if (slice) {
    // Moves it to the young end of the map.
    keptSlices.delete(hash);
    keptSlices.set(hash, slice);
  }
  return slice;
}

/** Parses what a publisher handed over; a body that does not check out is not kept. */
function admit(hash: string, body: string, kind: 'rules' | 'contents'): void {
  if (kind === 'contents') {
    const read = readContents(body);
    if (read.ok) keep(hash, { body, contents: read.value });
    return;
  }
  const read = readRules(body);
  if (!read.ok) return;
  try {
    keep(hash, { body, rules: openSlice(read.value) });
  } catch {
    // Not a slice that publishing lets through: refused here as well.
  }
}

/** Takes over the bodies that came with a first answer: read when a placement of theirs is asked for. Those of the answer before are forgotten. */
export function handSlices(bodies: ReadonlyMap<string, string>): void {
  handed = bodies;
}

/** Loads what is missing. What comes too late for this request is in time for the next. */
async function load(
  env: Env,
  workspaceId: string,
  wanted: ReadonlyMap<string, 'rules' | 'contents'>,
  deadline: Deadline,
): Promise<void> {
  for (const [hash, kind] of wanted) {
    const body = keptSlices.has(hash) ? undefined : handed.get(hash);
    if (body !== undefined) admit(hash, body, kind);
  }
  const missing = [...wanted.keys()].filter((hash) => !keptSlices.has(hash));
  if (missing.length === 0) return;
  const loading = async (): Promise<void> => {
    const bodies = await fetchBodies(env, workspaceId, missing);
    for (const [hash, body] of bodies) admit(hash, body, wanted.get(hash) as 'rules' | 'contents');
  };
  // The publisher is out of reach, or talks nonsense: what is known is used.
  await deadline.within(loading(), SLICE_SHARE).catch(() => undefined);
}

/** Slices of the asked placements; a placement the catalog does not know, or whose slices were never in reach, is left out. At once where all of them are here. */
export function placementSlices(
  env: Env,
  workspaceId: string,
  manifest: CatalogManifest,
  placements: readonly string[],
  deadline: Deadline,
): ReadonlyMap<string, PlacementSlices> | Promise<ReadonlyMap<string, PlacementSlices>> {
  // Below that number none was ever put away: the bodies are here as well.
  const isSimple = placements.length === 1 && keptSlices.size < MAX_KEPT_SLICES;
  const known = isSimple ? whole.get(manifest)?.get(placements[0] as string) : undefined;
  return known ?? lookUp(env, workspaceId, manifest, placements, deadline);
}

async function lookUp(
  env: Env,
  workspaceId: string,
  manifest: CatalogManifest,
  placements: readonly string[],
  deadline: Deadline,
): Promise<ReadonlyMap<string, PlacementSlices>> {
  const wanted = new Map<string, 'rules' | 'contents'>();
  for (const placement of placements) {
    const hashes = Object.hasOwn(manifest.placements, placement) ? manifest.placements[placement] : undefined;
    if (hashes) wanted.set(hashes.rules, 'rules').set(hashes.contents, 'contents');
  }
  await load(env, workspaceId, wanted, deadline);
  const found = new Map<string, PlacementSlices>();
  for (const placement of placements) {
    const hashes = Object.hasOwn(manifest.placements, placement) ? manifest.placements[placement] : undefined;
    const key = `${workspaceId} ${placement}`;
    const current = hashes && pair(hashes);
    if (hashes && current) {
      lastGood.set(key, hashes);
      found.set(placement, { ...current, outdated: false });
      continue;
    }
    const old = hashes && lastGood.get(key);
    const kept = old && pair(old);
    if (kept) found.set(placement, { ...kept, outdated: true });
  }
  const [only] = found;
  if (placements.length === 1 && only && !only[1].outdated) keepWhole(manifest, only[0], found);
  return found;
}

function keepWhole(manifest: CatalogManifest, placement: string, found: ReadonlyMap<string, PlacementSlices>): void {
  const kept = whole.get(manifest);
  if (kept) kept.set(placement, found);
  else whole.set(manifest, new Map([[placement, found]]));
}

function pair(hashes: {
  readonly rules: string;
  readonly contents: string;
}): Omit<PlacementSlices, 'outdated'> | undefined {
  const rules = use(hashes.rules)?.rules;
  const contents = use(hashes.contents)?.contents;
  return rules && contents && { rules, rulesHash: hashes.rules, contents };
}
