/** Cuts a push into requests that the server takes; only the last one publishes. */
import { joinDocument, MAX_PUSH_DOCUMENTS } from '../../contract/publishing.ts';
import { CommandFailure } from '../failure.ts';
import type { CheckedDocument } from './check.ts';

export interface PushOptions {
  readonly publish: boolean;
  readonly dryRun: boolean;
  readonly note?: string | undefined;
}

/** One request and the documents it was made of, in order. */
export interface PushBatch {
  readonly documents: readonly CheckedDocument[];
  /** The body, as JSON. */
  readonly body: string;
}

/**
 * @param maxBytes of one body in UTF-8, as `measure` counts them.
 * @param measure bytes that a body takes where it is going; by default its own.
 * @throws CommandFailure naming the file of a document that is too large by itself.
 */
export function batchesOf(
  documents: readonly CheckedDocument[],
  options: PushOptions,
  maxBytes: number,
  measure: (body: string) => number = (body) => Buffer.byteLength(body),
): PushBatch[] {
  const groups: CheckedDocument[][] = [[]];
  for (const document of documents) {
    const group = groups.at(-1)!;
    const grown = [...group, document];
    // Measured with every option set: the last batch carries them all.
    if (grown.length <= MAX_PUSH_DOCUMENTS && measure(bodyOf(grown, options)) <= maxBytes) group.push(document);
    else if (measure(bodyOf([document], options)) > maxBytes) throw tooLarge(document, maxBytes);
    else groups.push([document]);
  }
  return groups.map((group, i) => ({
    documents: group,
    body: bodyOf(group, i === groups.length - 1 ? options : { ...options, publish: false }),
  }));
}

function bodyOf(documents: readonly CheckedDocument[], { publish, dryRun, note }: PushOptions): string {
  const pushed = documents.map(({ kind, body }) => joinDocument(kind, body));
  return JSON.stringify({ documents: pushed, publish, dryRun, ...(note === undefined ? {} : { note }) });
}

function tooLarge({ source, kind, id }: CheckedDocument, maxBytes: number): CommandFailure {
  return new CommandFailure(
    `${source.file}:${source.locate([]).line}: ${kind} "${id}" is too large: at most ${Math.floor(maxBytes / 1_000)} KB`,
  );
}
