/** Peers that are one version behind: what they do not know of is gone from what passes through their hands. */
import { SLICE_FORMAT } from '../../decisioning/catalog/slice.ts';
import type { DecideCall, Needs } from '../../durable-objects/customer/protocol.ts';
import type { Refuse, Translate } from './cluster.ts';
import { hashText } from './dice.ts';
import { rulesOfHash } from './workspace.ts';

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

/**
 * Customers' objects of before ledgers, every other one as a rollout has them: they know no slice in which something is paid for, and refuse the one
 * that they are handed.
 */
export const refusingLedgerSlices: Refuse = (kind, name, method, args) => {
  if (kind !== 'customer' || method !== 'decide' || hashText(name) % 2 === 0) return null;
  const call = args[0] as DecideCall;
  const unknown = Object.values(call.rules).filter((hash) => rulesOfHash(hash).format !== SLICE_FORMAT);
  if (unknown.length === 0) return null;
  if (call.slices) return { error: new Error('slice: unknown_format') };
  return { reply: { outcome: 'needs', slices: unknown, allocations: true } satisfies Needs };
};

function without(record: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([field]) => !fields.includes(field)));
}
