/** What a server has published, beside the files that are rehearsed: what they name, and what they compete with. */

import { KINDS, type Kind } from '../../contract/configuration/index.ts';
import { joinDocument, revisionDocumentsResponse, revisionsResponse } from '../../contract/publishing.ts';
import { type Api, callApi } from '../api.ts';
import { type CheckedDocument, checkDocuments } from '../documents/check.ts';
import { formatFinding, type SourceDocument } from '../documents/source.ts';
import { CommandFailure } from '../failure.ts';

/** Revisions that are looked at for the newest that is served: those that only keep drafts are rare. */
const MAX_REVISIONS = 100;
/** Pages of a hundred documents: as many as any workspace has. */
const MAX_PAGES = 200;

/** Documents of the revision that is served, and its number; none where nothing was published yet. */
export interface Published {
  readonly revision: number | null;
  readonly documents: readonly CheckedDocument[];
}

/**
 * Reads the newest revision that is served. Documents of `own` take the place of those with their kind and id.
 *
 * Throws CommandFailure when the server does not answer, refuses, or holds a document that this contract does not know.
 */
export async function publishedBeside(own: readonly CheckedDocument[], api: Api): Promise<Published> {
  const { items } = revisionsResponse.parse(await read(api, `/v1/revisions?limit=${MAX_REVISIONS}`));
  const served = items.find(({ catalogHash }) => catalogHash !== null);
  if (!served) return { revision: null, documents: [] };
  const { revision } = served;
  const names = new Set(own.map(({ kind, id }) => `${kind}/${id}`));
  const sources: SourceDocument[] = [];
  let cursor = '';
  for (let page = 0; page < MAX_PAGES; page++) {
    const reply = await read(api, `/v1/revisions/${revision}?limit=100${cursor}`);
    const { items: found, next } = revisionDocumentsResponse.parse(reply);
    for (const { kind, id, document } of found)
      if (Object.hasOwn(KINDS, kind) && !names.has(`${kind}/${id}`))
        sources.push(sourceOf(revision, kind as Kind, id, document));
    if (next === null) break;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
  const { documents, findings } = checkDocuments(sources);
  if (findings.length > 0) throw new CommandFailure(findings.map(formatFinding).join('\n'));
  return { revision, documents };
}

async function read(api: Api, path: string): Promise<unknown> {
  const reply = await callApi(api, { method: 'GET', path });
  if (reply.outcome === 'done') return reply.body;
  throw new CommandFailure(`${api.site}: ${reply.problem.detail ?? reply.problem.title}`);
}

/** It stands in no file: problems name the revision and the document. */
function sourceOf(
  revision: number,
  kind: Kind,
  id: string,
  document: Readonly<Record<string, unknown>>,
): SourceDocument {
  return {
    file: `revision ${revision}, ${kind} "${id}"`,
    value: joinDocument(kind, document),
    locate: () => ({ line: 1, column: 1 }),
  };
}
