/** Calls of a wallet to the object of its ledger. */
import { LEASE_LIFE_MS } from '../../decisioning/limits/lease.ts';
import type { Wallet, WalletReply } from '../../decisioning/limits/wallet.ts';
import type { LeaseReply, LedgerAddress } from '../../durable-objects/budget/protocol.ts';
import { budgetStub } from '../../durable-objects/shared/calls.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';

/** Names this isolate to ledgers. Drawn within a request: nothing random may be drawn before the first. */
let holder: string | undefined;

/** Longest time that a refusal is believed: a total that was raised is noticed after that. */
const LONGEST_REFUSAL_MS = 60_000;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** The answer if it is one, undefined otherwise: units that were made of garbage would be money. */
export function readReply(reply: LeaseReply | null | undefined, leaseId: string): WalletReply | undefined {
  if (reply?.outcome === 'reported') return reply;
  if (reply?.outcome === 'refused') {
    const { price, retryAfterMs } = reply;
    if (!isNumber(price) || price < 0 || !isNumber(retryAfterMs)) return undefined;
    return { ...reply, retryAfterMs: Math.min(LONGEST_REFUSAL_MS, Math.max(0, retryAfterMs)) };
  }
  if (reply?.outcome !== 'leased' || !reply.lease) return undefined;
  const { units, useBeforeMs, lastsMs, price } = reply.lease;
  const ends = isNumber(useBeforeMs) && (lastsMs === undefined || (isNumber(lastsMs) && lastsMs <= LEASE_LIFE_MS));
  const isSound = isCount(units) && units > 0 && ends && isNumber(price) && price >= 0;
  return isSound && reply.lease.leaseId === leaseId ? reply : undefined;
}

/** Makes the call that is due. Never throws: a ledger that is down is asked again later. */
export async function callLedger(
  env: Env,
  wallet: Wallet,
  address: LedgerAddress,
  kind: 'lease' | 'report',
): Promise<void> {
  holder ??= crypto.randomUUID();
  const call = wallet.open(Date.now(), crypto.randomUUID(), kind);
  try {
    const { sentAtMs: _, ...asked } = call;
    const said = { ...address, holder, ...asked };
    const reply = await withRetry(async () =>
      (await budgetStub(env, address.workspaceId, address.spec.key)).lease(said),
    );
    const read = readReply(reply, call.leaseId);
    if (!read) throw new Error('a ledger answered something else');
    wallet.heard(call, read, Date.now());
  } catch {
    wallet.failed(call, Date.now(), Math.random());
  }
}
