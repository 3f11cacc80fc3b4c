/** The decision log: batches of the queue become NDJSON files in R2, by workspace, day and hour. */
import type { LogMessage } from '../../contract/models/decision-log.ts';
import { log } from '../http/log.ts';
import { sha256Of } from '../models/store.ts';

/** Digits of a batch's hash in its name: enough that no two of an hour meet. */
const NAME_DIGITS = 32;

/**
 * Stores a batch: one file a workspace and hour of its lines. A batch that comes again is the same file again; one that comes in other parts has lines that
 * came before, which readers leave out by their keys. What cannot be stored is tried again by the queue, and ends in its dead letters.
 */
export async function storeLog(batch: MessageBatch<unknown>, env: Pick<Env, 'LOG'>): Promise<void> {
  const files = new Map<string, { readonly lines: string[]; readonly messages: Message<unknown>[] }>();
  for (const message of batch.messages) {
    const { workspaceId, line } = message.body as Partial<LogMessage>;
    // Of a version that writes otherwise: it costs no other line its place, and ends among the dead letters if nobody reads it.
    if (typeof line?.at !== 'string') {
      message.retry();
      continue;
    }
    const folder = `log/${workspaceId}/date=${line.at.slice(0, 10)}/${line.at.slice(11, 13)}`;
    const file = files.get(folder) ?? { lines: [], messages: [] };
    files.set(folder, file);
    file.lines.push(JSON.stringify(line));
    file.messages.push(message);
  }
  for (const [folder, { lines, messages }] of files) {
    try {
      const bytes = new TextEncoder().encode(`${lines.sort().join('\n')}\n`) as Uint8Array<ArrayBuffer>;
      const name = (await sha256Of(bytes)).slice(0, NAME_DIGITS);
      await env.LOG.put(`${folder}/${name}.ndjson`, bytes, { httpMetadata: { contentType: 'application/x-ndjson' } });
      for (const message of messages) message.ack();
    } catch (error) {
      log({ level: 'error', job: 'decision_log', error: error instanceof Error ? error.name : typeof error });
      for (const message of messages) message.retry();
    }
  }
}
