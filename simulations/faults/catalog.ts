/** What an isolate knows of what is published, as old as it is. */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import type { OpenSlice } from '../../decisioning/catalog/open.ts';
import type { CatalogManifest, Directory } from '../../decisioning/catalog/slice.ts';
import type { LearningFacts } from '../../durable-objects/customer/protocol.ts';
import type { Switches } from '../../durable-objects/publisher/protocol.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { publisherStub, type StubSource } from '../../durable-objects/shared/stub.ts';
import { sliceOfBody, WORKSPACE_ID } from './workspace.ts';

/** A catalog younger than this is used as it is, as in the worker. */
const FRESH_MS = 1_000;
/** A request of an isolate that knows no catalog yet goes on so long behind its answer. */
const COLD_WAIT_MS = 1_500;

export interface Catalog {
  readonly seq: number;
  readonly manifest: CatalogManifest;
  readonly directory: Directory;
  readonly switches: Switches;
  readonly allocations: ReadonlyMap<string, Allocation>;
  readonly heardAtMs: number;
}

/** What a campaign learns from besides whether its goal was reached, as feedback is told by the worker (`worker/edge/goals.ts`). */
export function learningOf({ directory }: Catalog, campaignId: string): LearningFacts | undefined {
  const { reward, secondaryGoals, learning } = directory.campaigns[campaignId]?.policy ?? {};
  const facts: LearningFacts = {
    ...(reward && { reward }),
    ...(secondaryGoals && { secondaryGoals }),
    ...(learning?.watch && { watch: true }),
  };
  return Object.keys(facts).length > 0 ? facts : undefined;
}

/** By placement. */
export type Slices = ReadonlyMap<string, { readonly hash: string; readonly slice: OpenSlice }>;

/** The catalogs that one isolate has heard of. */
export class Catalogs {
  readonly #env: StubSource;
  readonly #now: () => number;
  /** Bodies by hash: immutable. */
  readonly #bodies = new Map<string, string>();
  #catalog: Catalog | undefined;
  #refreshing = false;

  constructor(env: StubSource, now: () => number) {
    this.#env = env;
    this.#now = now;
  }

  bodyOf(hash: string): string {
    return this.#bodies.get(hash) as string;
  }

  /** What is known, asked for first where nothing is; what is old is asked for behind the answer. */
  async current(): Promise<Catalog | undefined> {
    const known = this.#catalog;
    if (!known) await Promise.race([this.refresh(), scheduler.wait(COLD_WAIT_MS)]);
    else if (this.#now() - known.heardAtMs >= FRESH_MS) void this.refresh();
    return this.#catalog;
  }

  /** Asks the publisher for what changed; what is known stays when it does not answer. */
  async refresh(): Promise<void> {
    if (this.#refreshing) return;
    this.#refreshing = true;
    try {
      const before = this.#catalog;
      const heardAtMs = this.#now();
      const state = await withRetry(async () => (await publisherStub(this.#env, WORKSPACE_ID)).state(before?.seq ?? 0));
      const { manifest } = state;
      if (!manifest) return;
      await this.#fetch([manifest.directory]);
      const directory = JSON.parse(this.#bodies.get(manifest.directory) as string) as Directory;
      const allocations = new Map(before?.allocations);
      for (const allocation of state.allocations) allocations.set(allocation.campaignId, allocation);
      for (const id of allocations.keys()) if (!Object.hasOwn(directory.campaigns, id)) allocations.delete(id);
      this.#catalog = { seq: state.seq, manifest, directory, switches: state.switches, allocations, heardAtMs };
    } catch {
      // The last good catalog stays.
    } finally {
      this.#refreshing = false;
    }
  }

  async #fetch(hashes: readonly string[]): Promise<void> {
    const missing = hashes.filter((hash) => !this.#bodies.has(hash));
    if (missing.length === 0) return;
    const bodies = await withRetry(async () => (await publisherStub(this.#env, WORKSPACE_ID)).slices(missing));
    for (const { hash, body } of bodies) this.#bodies.set(hash, body);
  }

  /** Slices of placements, as far as they are in reach. */
  async slicesOf(catalog: Catalog, placements: readonly string[]): Promise<Slices> {
    const hashes = placements.map((placement) => catalog.manifest.placements[placement]?.rules);
    try {
      await this.#fetch(hashes.filter((hash) => hash !== undefined));
    } catch {
      // Placements whose slices are out of reach get default content.
    }
    const found = new Map<string, { readonly hash: string; readonly slice: OpenSlice }>();
    placements.forEach((placement, i) => {
      const hash = hashes[i];
      const body = hash && this.#bodies.get(hash);
      if (hash && body) found.set(placement, { hash, slice: sliceOfBody(hash, body) });
    });
    return found;
  }
}
