/**
 * The leases of this isolate: a wallet for each ledger, in module scope, as plain data. Wallets say what to do; here stand the calls.
 * Requests whose campaigns need nothing do not come here.
 */

import type { LedgerSpec } from '../../decisioning/limits/ledger-spec.ts';
import type { LeasedClaim, Purse } from '../../decisioning/limits/purse.ts';
import type { Needed } from '../../decisioning/limits/purse-needs.ts';
import { Wallet } from '../../decisioning/limits/wallet.ts';
import type { LedgerAddress } from '../../durable-objects/budget/protocol.ts';
import type { EdgeCatalog } from './catalog.ts';
import { callLedger } from './ledger-calls.ts';

/** How long a request waits for a lease when this isolate has none: after that it goes without (`no_budget`). */
export const LEASE_WAIT_MS = 60;
/** Waiting is looking again this often: a promise of another request must not be waited for. */
const LOOK_EVERY_MS = 10;
/** A ledger that nobody asked for as long gets its units back: others may need them. */
export const IDLE_MS = 5_000;
/** How long a request works behind its answer, watching for idleness: less than the 30 s that the platform grants. */
const WATCH_MS = 25_000;
/** Ledgers of one isolate: all of two of the largest workspaces. The one that was used least recently makes room; its units stay in doubt until its leases close. */
const MAX_WALLETS = 1_024;

/** Forgotten ledgers that one request looks after. */
const MAX_SWEPT = 4;

type Ctx = Pick<ExecutionContext, 'waitUntil'>;

interface Held {
  readonly wallet: Wallet;
  /** As the newest catalog has it. */
  address: LedgerAddress;
  usedAtMs: number;
  /** Somebody watches for idleness until then. */
  watchedUntilMs: number;
}

/** By workspace and ledger, the least recently used first. */
const wallets = new Map<string, Held>();

/** Whose leases are asked for; the ledgers' addresses come from the catalog. */
export interface LeaseFacts {
  readonly workspaceId: string;
  readonly catalog: Pick<EdgeCatalog, 'directory' | 'manifest'>;
}

/** Forgets everything, as a new isolate would have it: what was held is in doubt. */
export function forgetLeases(): void {
  wallets.clear();
}

function heldOf({ workspaceId, catalog }: LeaseFacts, spec: LedgerSpec, nowMs: number): Held {
  const key = `${workspaceId} ${spec.key}`;
  const address = { workspaceId, spec, revision: catalog.manifest.revision };
  const known = wallets.get(key);
  // A wallet that holds nothing only remembers what it was refused: of a ledger that is published anew that says nothing any more.
  const isAnew = known !== undefined && known.address.spec !== spec && known.wallet.isEmpty();
  const held = known && !isAnew ? known : { wallet: new Wallet(spec.key), address, usedAtMs: nowMs, watchedUntilMs: 0 };
  held.address = address;
  held.usedAtMs = nowMs;
  // Moves it to the young end of the map.
  wallets.delete(key);
  wallets.set(key, held);
  const oldest = wallets.keys().next();
  if (wallets.size > MAX_WALLETS && !oldest.done) wallets.delete(oldest.value);
  return held;
}

/** Ledgers that are needed, with what this isolate holds of them; those the catalog does not have are left out. */
function heldFor(facts: LeaseFacts, needed: ReadonlyMap<string, Needed>, nowMs: number) {
  const { ledgers = {} } = facts.catalog.directory;
  return [...needed].flatMap(([ledger, need]) => {
    const spec = Object.hasOwn(ledgers, ledger) ? ledgers[ledger] : undefined;
    return spec ? [{ held: heldOf(facts, spec, nowMs), need }] : [];
  });
}

type Asked = ReturnType<typeof heldFor>;

/** Asks for leases where a request would go without, and waits for them a little. */
async function prepare(env: Env, ctx: Ctx, asked: Asked): Promise<void> {
  const nowMs = Date.now();
  for (const { held, need } of asked) {
    held.wallet.want(need, nowMs);
    const due = held.wallet.due(nowMs, need);
    if (due) ctx.waitUntil(callLedger(env, held.wallet, held.address, due));
  }
  // A call that has been under way for long already is waited for no more: a slow ledger costs its first requests only.
  const isAwaited = ({ held: { wallet }, need }: Asked[number]): boolean => {
    const nowMs = Date.now();
    const sinceMs = wallet.callSinceMs(nowMs);
    return sinceMs !== undefined && nowMs - sinceMs < LEASE_WAIT_MS && wallet.lacks(need, nowMs);
  };
  // By the clock, which `isAwaited` reads: on a busy machine each look takes longer than it was asked to. The count ends it where a clock stands still.
  for (let waitedMs = 0; waitedMs < LEASE_WAIT_MS && asked.some(isAwaited); waitedMs += LOOK_EVERY_MS)
    await scheduler.wait(LOOK_EVERY_MS);
}

/**
 * Takes units for a request out of this isolate's leases. What it gets may be less than was asked for, or nothing: never throws, never
 * waits for longer than `LEASE_WAIT_MS`. Everything taken must be settled with `settlePurse`.
 */
export async function takePurse(
  env: Env,
  ctx: Ctx,
  facts: LeaseFacts,
  needed: ReadonlyMap<string, Needed>,
): Promise<Purse> {
  const asked = heldFor(facts, needed, Date.now());
  await prepare(env, ctx, asked);
  const nowMs = Date.now();
  const purse = asked.flatMap(({ held: { wallet }, need }) => wallet.take(wallet.fitting(need, nowMs), nowMs));
  // The next request must not find less than half a slice: its lease is asked for behind this one.
  for (const { held } of asked) {
    const due = held.wallet.due(nowMs);
    if (due) ctx.waitUntil(callLedger(env, held.wallet, held.address, due));
    watch(env, ctx, held, nowMs);
  }
  sweep(env, ctx, nowMs);
  return purse;
}

/** The purse that `takePurse` would give, without taking it: for questions that claim nothing. */
export async function peekPurse(
  env: Env,
  ctx: Ctx,
  facts: LeaseFacts,
  needed: ReadonlyMap<string, Needed>,
): Promise<Purse> {
  const asked = heldFor(facts, needed, Date.now());
  await prepare(env, ctx, asked);
  const nowMs = Date.now();
  for (const { held } of asked) watch(env, ctx, held, nowMs);
  return asked.flatMap(({ held: { wallet }, need }) => wallet.peek(wallet.fitting(need, nowMs), nowMs));
}

/**
 * Settles a purse, once: claims of the answer are confirmed, the rest is put back.
 *
 * @param certain every attempt of the call was answered; if not, nothing is put back: a lost attempt may still claim
 */
export function settlePurse(workspaceId: string, purse: Purse, claims: readonly LeasedClaim[], certain: boolean): void {
  for (const ledger of new Set(purse.map((entry) => entry.ledger)))
    wallets.get(`${workspaceId} ${ledger}`)?.wallet.settle(purse, claims, certain);
}

/** Sees to it that a ledger gets its units back soon after the last request that needed them; one watch at a time. */
function watch(env: Env, ctx: Ctx, held: Held, nowMs: number): void {
  if (nowMs < held.watchedUntilMs) return;
  held.watchedUntilMs = nowMs + WATCH_MS;
  ctx.waitUntil(giveBackWhenIdle(env, held, held.watchedUntilMs));
}

/** Watches what outlived its watch, because its ledger was down for longer, and forgets what is empty; the longest idle first. */
function sweep(env: Env, ctx: Ctx, nowMs: number): void {
  let room = MAX_SWEPT;
  for (const [key, held] of wallets) {
    if (room === 0 || nowMs - held.usedAtMs < WATCH_MS) return;
    room -= 1;
    if (held.wallet.isEmpty()) wallets.delete(key);
    else watch(env, ctx, held, nowMs);
  }
}

async function giveBackWhenIdle(env: Env, held: Held, untilMs: number): Promise<void> {
  const { wallet } = held;
  // Ends by itself: each turn waits for at least a tenth of the time that nobody asks for, and the watch for no more than its own.
  for (let nowMs = Date.now(); nowMs < untilMs; nowMs = Date.now()) {
    const idleMs = nowMs - held.usedAtMs;
    if (idleMs >= IDLE_MS) {
      if (wallet.isEmpty()) break;
      wallet.rest();
      const due = wallet.due(nowMs);
      if (due) await callLedger(env, wallet, held.address, due);
    }
    await scheduler.wait(Math.max(IDLE_MS / 10, IDLE_MS - idleMs));
  }
  if (held.watchedUntilMs === untilMs) held.watchedUntilMs = 0;
}
