/** Documents that their schemas took, put together into the configuration that is compiled. */
import type { Configuration } from '../../decisioning/catalog/configuration.ts';
import { KIND_NAMES, KINDS, type Kind } from './index.ts';

/** What the schemas of each kind gave. */
export type DocumentsByKind = Readonly<Record<Kind, unknown[]>>;

/** A list for every kind, empty. */
export function noDocuments(): DocumentsByKind {
  return Object.fromEntries(KIND_NAMES.map((kind) => [kind, [] as unknown[]])) as unknown as DocumentsByKind;
}

/** The configuration they make up; without settings the defaults apply. */
export function assembled(documents: DocumentsByKind): Configuration {
  const lists = KIND_NAMES.map((kind) => [KINDS[kind].collection, documents[kind]] as const);
  // Each list holds what its kind's schema gave, which is what the compiler reads.
  return {
    ...Object.fromEntries(lists),
    settings: documents.settings[0] ?? KINDS.settings.schema.parse({}),
  } as unknown as Configuration;
}
