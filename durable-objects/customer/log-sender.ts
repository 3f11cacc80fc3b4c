/** Sends lines of the decision log to its queue: at least once, beside everything else, so that a queue that is down holds up nothing. */
import type { LogLine } from '../../contract/models/decision-log.ts';
import type { StubSource } from '../shared/stub.ts';
import type { UnsentLine } from './log-lines.ts';
import type { CustomerMeta } from './state.ts';
import type { Sql } from './tables.ts';
import { Waits } from './waits.ts';
import type { Writer } from './writes.ts';

/** Lines of one call: a queue takes 100 messages at a time. */
export const MAX_LOG_BATCH = 20;
/** And their characters together: a queue takes 256 KB at a time. */
export const MAX_LOG_BATCH_CHARS = 200_000;
/** A longer line is not kept: a queue takes messages of 128 KB, and one that never fits would hold up all behind it. */
export const MAX_LOG_LINE_CHARS = 100_000;
/** Batches that follow one commit; what is left waits for the alarm. */
const MAX_ROUNDS = 10;
/** Lines that a customer keeps while the queue is down; the oldest make room: the log is for training, never the truth. */
export const MAX_WAITING_LINES = 1_000;
/** Bytes of the hash that stands for a decision: as much as ids have. */
const HASH_BYTES = 16;

/**
 * Keeps a line until the queue has it. Runs inside the caller's transaction.
 *
 * @returns false where it is too long, and nothing waits for it
 */
export function keepLine(sql: Writer, line: UnsentLine): boolean {
  const text = JSON.stringify(line);
  if (text.length > MAX_LOG_LINE_CHARS) return false;
  sql.exec('INSERT INTO log_out (line) VALUES (?)', text);
  sql.exec('DELETE FROM log_out WHERE seq <= (SELECT max(seq) FROM log_out) - ?', MAX_WAITING_LINES);
  return true;
}

export class LogSender {
  readonly #sql: Sql;
  readonly #env: StubSource;
  readonly #waits: Waits;
  #running = false;

  constructor(sql: Sql, env: StubSource, waits = new Waits(sql)) {
    this.#sql = sql;
    this.#env = env;
    this.#waits = waits;
  }

  /** Whether lines wait to be sent. */
  get waiting(): boolean {
    return this.#waits.lines;
  }

  /** Sends what waits. Never throws: what could not be sent stays, and the alarm that stands for it tries again. */
  async deliver({ workspaceId }: Pick<CustomerMeta, 'workspaceId'>): Promise<void> {
    if (this.#running || !this.waiting) return;
    this.#running = true;
    try {
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const rows = fitting(
          this.#sql.exec<LineRow>('SELECT seq, line FROM log_out ORDER BY seq LIMIT ?', MAX_LOG_BATCH).toArray(),
        );
        const last = rows.at(-1);
        if (!last) return this.#waits.note('log_out', false);
        const lines = await Promise.all(rows.map(({ line }) => named(JSON.parse(line) as UnsentLine)));
        // Deployed without a queue, nobody wants them.
        await this.#env.DECISION_LOG?.sendBatch(lines.map((line) => ({ body: { workspaceId, line } })));
        this.#sql.exec('DELETE FROM log_out WHERE seq <= ?', last.seq);
        this.#waits.doubt('log_out');
      }
    } catch {
      // Out of reach: the rows stay.
    } finally {
      this.#running = false;
    }
  }
}

type LineRow = { seq: number; line: string };

/** As many of the first rows as fit in one call, at least one. */
function fitting(rows: readonly LineRow[]): readonly LineRow[] {
  let chars = 0;
  return rows.filter(({ line }, i) => {
    chars += line.length;
    return i === 0 || chars <= MAX_LOG_BATCH_CHARS;
  });
}

/** The line under the hash of its decision's id: the id begins with the name of the customer's object. */
async function named({ decisionId, ...line }: UnsentLine): Promise<LogLine> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`log ${decisionId}`));
  const decision = [...new Uint8Array(digest).subarray(0, HASH_BYTES)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  const what = line.kind === 'outcome' ? `outcome ${line.goal} ${line.orders} ${line.value}` : line.kind;
  return { ...line, decision, key: `${decision} ${what}` } as LogLine;
}
