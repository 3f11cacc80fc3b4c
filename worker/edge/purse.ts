/** The units that travel with one request: taken before it is decided, settled with what came of it. */
import type { RulesSlice } from '../../decisioning/catalog/slice.ts';
import type { Purse } from '../../decisioning/limits/purse.ts';
import { type Needed, neededUnits } from '../../decisioning/limits/purse-needs.ts';
import { OUTBOUND_FROM_MS } from '../../decisioning/steering/availability.ts';
import type { DecidedPlacement } from '../../durable-objects/customer/protocol.ts';
import type { Asked } from './decide-call.ts';
import { peekPurse, settlePurse, takePurse } from './leases.ts';

type Ctx = Pick<ExecutionContext, 'waitUntil'>;
type NeedsAsked = Pick<Asked, 'slices' | 'placements' | 'catalog' | 'auth' | 'receivedAtMs' | 'clientAtMs'>;

/** What a request's call to a customer's object went through. */
export interface Attempts {
  sent: number;
  answered: number;
}

/** A purse on its way; `settle` is called once. */
export interface CarriedPurse {
  readonly purse: Purse;
  /**
   * @param decisions undefined when there are none: of a call that failed, or that was never made
   */
  settle(decisions: readonly DecidedPlacement[] | undefined, attempts: Attempts): void;
}

/** By ledger, what the asked placements may need; empty where no campaign needs anything. */
function neededBy(asked: NeedsAsked): ReadonlyMap<string, Needed> {
  const { slices, placements, catalog, auth, receivedAtMs, clientAtMs } = asked;
  const rules: RulesSlice[] = [];
  for (const placement of placements) {
    const slice = slices.get(placement);
    if (slice) rules.push(slice.rules.rules);
  }
  const needed = neededUnits(rules, { switches: catalog.switches, nowMs: clientAtMs ?? receivedAtMs });
  return auth.keyType === 'secret' ? needed : withoutSent(needed, rules);
}

/**
 * Without what placements of channels that send draw on: whoever has a page has its key, and could take up for hours what servers are to send. A ledger
 * that such a placement shares with others of the request is left out for all of them, or its units could go either way.
 */
function withoutSent(needed: ReadonlyMap<string, Needed>, rules: readonly RulesSlice[]): ReadonlyMap<string, Needed> {
  const sent = new Set<string>();
  for (const { channel, campaigns } of rules) {
    if (channel.claimTtlMs < OUTBOUND_FROM_MS) continue;
    for (const { needs = [] } of campaigns) for (const { ledger } of needs) sent.add(ledger);
  }
  return sent.size === 0 ? needed : new Map([...needed].filter(([ledger]) => !sent.has(ledger)));
}

/** Takes what a request may need; undefined, and at once, when it needs nothing: then no ledger is asked and no purse travels. */
export function carryPurse(
  env: Env,
  ctx: Ctx,
  asked: NeedsAsked & Pick<Asked, 'timing'>,
): Promise<CarriedPurse> | undefined {
  const needed = neededBy(asked);
  return needed.size === 0 ? undefined : carried(env, ctx, asked, needed);
}

async function carried(
  env: Env,
  ctx: Ctx,
  asked: NeedsAsked & Pick<Asked, 'timing'>,
  needed: ReadonlyMap<string, Needed>,
): Promise<CarriedPurse> {
  const { workspaceId, keyType } = asked.auth;
  // A page need not see which placements cost something.
  const done = keyType === 'secret' ? asked.timing?.start('lease') : undefined;
  const purse = await takePurse(env, ctx, { workspaceId, catalog: asked.catalog }, needed);
  done?.();
  return {
    purse,
    settle(decisions, { sent, answered }) {
      const claims = (decisions ?? []).flatMap((decided) => decided.claims ?? []);
      // An attempt that nobody heard of may still be carried out, also when another was answered.
      const isCertain = sent === 0 || (sent === answered && decisions !== undefined);
      settlePurse(workspaceId, purse, claims, isCertain);
    },
  };
}

/** What a request would travel with; nothing is taken. */
export async function seenPurse(env: Env, ctx: Ctx, asked: NeedsAsked): Promise<Purse> {
  const needed = neededBy(asked);
  if (needed.size === 0) return [];
  return peekPurse(env, ctx, { workspaceId: asked.auth.workspaceId, catalog: asked.catalog }, needed);
}
