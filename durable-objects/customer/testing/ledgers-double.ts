/** Ledgers that only listen: what customers' objects tell them of claims, by decision and lease, and what stops them from hearing it. */
import { runInDurableObject } from 'cloudflare:test';
import type { Settlement } from '../../budget/protocol.ts';
import { objectOf } from './fixtures.ts';

/** One call to a ledger. */
export interface Told {
  readonly workspaceId: string;
  readonly ledger: string;
  readonly settlements: readonly Settlement[];
}

/** What the ledgers of a test have heard. */
export class LedgersDouble {
  readonly calls: Told[] = [];
  /** Ledgers that answer no call. */
  readonly down = new Set<string>();
  /** Ledgers that hear and never answer. */
  readonly hanging = new Set<string>();

  /** Puts itself in the place of the ledgers that a customer's object reaches. */
  async stand({ name }: { readonly name: string }): Promise<void> {
    await runInDurableObject(objectOf({ name }), (instance) => {
      (instance as unknown as { env: Record<string, unknown> }).env.BUDGET = { getByName: () => this };
    });
  }

  async settle(workspaceId: string, ledger: string, settlements: readonly Settlement[]): Promise<unknown> {
    // One that refused would refuse again: no retries to wait for.
    if (this.down.has(ledger)) throw Object.assign(new Error('down'), { remote: true });
    this.calls.push({ workspaceId, ledger, settlements: structuredClone(settlements) as Settlement[] });
    if (this.hanging.has(ledger)) await new Promise(() => undefined);
    return { settled: settlements.length, uncharged: 0 };
  }

  /** `decision lease` of a workspace → every kind that was heard of it, in order, with its units. */
  heard(workspaceId: string): Record<string, string[]> {
    const heard: Record<string, string[]> = {};
    for (const call of this.calls) {
      if (call.workspaceId !== workspaceId) continue;
      for (const { decisionId, leaseId, units, kind } of call.settlements) {
        const key = `${decisionId} ${leaseId}`;
        heard[key] = [...(heard[key] ?? []), `${kind} ${units}`];
      }
    }
    return heard;
  }
}
