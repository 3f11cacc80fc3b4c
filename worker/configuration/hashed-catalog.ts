/** A compiled catalog as it travels: every part as JSON text, named by its SHA-256. */
import type { Catalog } from '../../decisioning/catalog/compile.ts';
import type { CampaignPolicy, CatalogManifest } from '../../decisioning/catalog/slice.ts';
import type { NamedBody } from '../../durable-objects/publisher/protocol.ts';
import { sha256Hex } from '../edge/publisher-feed.ts';

export interface HashedCatalog {
  /** Name of the whole: SHA-256 over the hashes of its parts, with the placements' ids. */
  readonly hash: string;
  readonly directory: string;
  readonly placements: CatalogManifest['placements'];
  readonly bodies: readonly NamedBody[];
  readonly policies: readonly CampaignPolicy[];
  readonly warnings: Catalog['warnings'];
  readonly modelReads: Catalog['modelReads'];
}

async function named(value: unknown): Promise<NamedBody> {
  const body = JSON.stringify(value);
  return { hash: await sha256Hex(body), body };
}

/** Serialises and hashes. Equal configurations give equal hashes. */
export async function hashCatalog(catalog: Catalog): Promise<HashedCatalog> {
  const directory = await named(catalog.directory);
  const bodies = [directory];
  const placements: [string, { rules: string; contents: string }][] = [];
  for (const [id, slices] of Object.entries(catalog.placements)) {
    const rules = await named(slices.rules);
    const contents = await named(slices.contents);
    bodies.push(rules, contents);
    placements.push([id, { rules: rules.hash, contents: contents.hash }]);
  }
  const hash = await sha256Hex(JSON.stringify([directory.hash, placements]));
  return {
    hash,
    directory: directory.hash,
    placements: Object.fromEntries(placements),
    bodies,
    policies: catalog.policies,
    warnings: catalog.warnings,
    modelReads: catalog.modelReads,
  };
}

/** The manifest of a revision that publishes this catalog. */
export function manifestOf(catalog: HashedCatalog, revision: number, publishedAtMs: number): CatalogManifest {
  const { hash, directory, placements } = catalog;
  return { revision, hash, publishedAtMs, directory, placements };
}
