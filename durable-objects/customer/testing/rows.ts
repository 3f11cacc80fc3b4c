/** A customer's stored decisions, as tests read and change them: behind the object's back, so it is to be evicted then. */
import { runInDurableObject } from 'cloudflare:test';
import { type DecisionRow, packDecision, unpackDecision } from '../decision-rows.ts';
import { objectOf } from './fixtures.ts';

type Sql = Pick<SqlStorage, 'exec'>;
type Row = { seq: number; id: string; at_ms: number; decision: string };

const SELECTED = 'SELECT seq, id, at_ms, decision FROM decisions ORDER BY seq';

/** In the order that they were written in. */
export const decisionsIn = (sql: Sql): DecisionRow[] =>
  [...sql.exec<Row>(SELECTED)].map(({ id, at_ms, decision }) => unpackDecision(id, at_ms, decision));

/** Those of one customer. */
export const decisionsOf = (customer: Parameters<typeof objectOf>[0]): Promise<DecisionRow[]> =>
  runInDurableObject(objectOf(customer), (_, { storage }) => decisionsIn(storage.sql));

/** Stores one that no call made. */
export function addDecision(sql: Sql, row: DecisionRow): void {
  const { decisionId, atMs } = row.record;
  const text = packDecision(row);
  sql.exec('INSERT INTO decisions (id, at_ms, decision) VALUES (?, ?, ?)', decisionId, atMs, text);
}

/** Changes every one of them. */
export function changeDecisions(sql: Sql, change: (row: DecisionRow) => DecisionRow): void {
  for (const { seq, id, at_ms, decision } of sql.exec<Row>(SELECTED).toArray())
    sql.exec(
      'UPDATE decisions SET decision = ? WHERE seq = ?',
      packDecision(change(unpackDecision(id, at_ms, decision))),
      seq,
    );
}
