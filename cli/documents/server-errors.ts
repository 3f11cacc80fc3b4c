/** Brings the server's errors home: from JSON pointers into a push, or into the compiled configuration, to file and line. */
import { KIND_NAMES, KINDS, type Kind } from '../../contract/configuration/index.ts';
import type { ProblemError } from '../../contract/problem.ts';
import type { CheckedDocument } from './check.ts';
import type { Finding, Path } from './source.ts';

/**
 * Where an error of the server stands in the files; undefined when it is about something that is not in them.
 *
 * @param sent the documents of the request, in its order; `/documents/3/…` points to the fourth of them.
 * @param all every document of the files; `/campaigns/spring/…` points to the campaign with that id.
 */
export function locateServerError(
  error: ProblemError,
  sent: readonly CheckedDocument[],
  all: readonly CheckedDocument[],
): Finding | undefined {
  const steps = error.field.split('/').slice(1).map(unescapePointer);
  const [collection = '', name = '', ...rest] = steps;
  const kind = KIND_NAMES.find((candidate) => KINDS[candidate].collection === collection);
  const document = collection === 'documents' ? sent[Number(name)] : kind && find(all, kind, name);
  if (!document) return undefined;
  // Settings exist once and may be addressed without their id.
  const path = kind === 'settings' && name !== 'workspace' ? steps.slice(1) : rest;
  return { file: document.source.file, ...locate(document, path), message: error.detail };
}

function find(all: readonly CheckedDocument[], kind: Kind, id: string): CheckedDocument | undefined {
  return all.find((document) => document.kind === kind && (kind === 'settings' || document.id === id));
}

function locate(document: CheckedDocument, steps: readonly string[]) {
  // Conditions have keys of digits as well, but no document mixes them with list places at one level: a number finds both.
  const path: Path = steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  return document.source.locate(path);
}

function unescapePointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
