/**
 * Structured logs: one line of JSON per event. What may be logged is the type below and nothing else: no customer data, ids, keys,
 * tokens, addresses or query strings.
 */
import type { ProblemName } from '../../contract/problem.ts';
import type { RefusalReason } from '../../decisioning/reasons.ts';

export interface LogEntry {
  readonly level: 'info' | 'error';
  readonly method?: string;
  /** Pattern of the path, never the path. */
  readonly route?: string | undefined;
  readonly status?: number;
  readonly ms?: number;
  /** Of so many ordinary answers this is the one that is logged. */
  readonly standsFor?: number;
  readonly workspace?: string | undefined;
  readonly problem?: ProblemName | undefined;
  readonly refusals?: Partial<Record<RefusalReason, number>> | undefined;
  /** Name of an error's class, never its message. */
  readonly error?: string;
  /** Frame of our own code that threw. */
  readonly at?: string | undefined;
  readonly job?: string;
  /** A version of a model, by its manifest's hash: `ms` is how long it took to come. */
  readonly model?: string;
  /** A secret that cannot be used, by its name. */
  readonly secret?: string;
  readonly flaw?: 'missing' | 'malformed';
  /** A variable of the deployment that cannot be used, by its name. */
  readonly setting?: string;
}

/** Writes one line. */
export function log(entry: LogEntry): void {
  console.log(JSON.stringify(entry));
}
