/** Peers that are one version behind: what they do not know of is gone from what passes through their hands. */
import type { Translate } from './cluster.ts';

/** Fields that the last version brought: of calls and of replies, by method. */
const NEW_IN_CALLS: Readonly<Record<string, readonly string[]>> = { 'customer.decide': ['purse'] };
const NEW_IN_DECISIONS = ['claims'];

/** @param which 0: workers are old, 1: objects are old, 2: both */
export function strippedOfNewFields(which: number): Translate {
  return (kind, method, direction, body) => {
    // A worker that knows of no ledgers sends no purse; an object that knows of none looks at none, and tells no claims.
    if (direction === 'call') {
      const [call, ...rest] = body as [Record<string, unknown>, ...unknown[]];
      const fields = NEW_IN_CALLS[`${kind}.${method}`];
      return fields ? [without(call, fields), ...rest] : body;
    }
    if (which === 0 || kind !== 'customer' || method !== 'decide') return body;
    const reply = body as { decisions?: readonly Record<string, unknown>[] };
    return reply.decisions
      ? { ...reply, decisions: reply.decisions.map((decided) => without(decided, NEW_IN_DECISIONS)) }
      : body;
  };
}

function without(record: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([field]) => !fields.includes(field)));
}
