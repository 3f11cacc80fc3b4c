/**
 * Two isolates with a wallet each, on a ledger and customers that lose, repeat and delay calls: no unit is ever both given back and
 * claimed, and what nobody lost is spent to the end.
 */
import { describe, expect, test } from 'vitest';
import type { Random } from '../random.ts';
import { pick, testRandom } from '../testing/seeds.ts';
import { wants } from '../testing/wallets.ts';
import type { LeasedClaim, PurseEntry } from './purse.ts';
import { purseTaker, purseView } from './purse.ts';
import { Wallet, type WalletCall, type WalletReply } from './wallet.ts';

const LIFE_MS = 30_000;
const TOTAL = 200;
const SLICE = 12;
const STEPS = 400;

/** A ledger that knows all: what it granted, what was given back, and what customers really claimed. */
class Oracle {
  remaining = TOTAL;
  readonly granted = new Map<string, number>();
  readonly returned = new Map<string, number>();
  readonly claimed = new Map<string, Map<string, number>>();
  /** What was answered to a lease before: asking again changes nothing. */
  readonly #leases = new Map<string, WalletReply>();

  lease(call: WalletCall, nowMs: number): WalletReply {
    for (const { leaseId, returned } of call.reports) {
      const before = this.returned.get(leaseId) ?? 0;
      this.remaining += Math.max(0, returned - before);
      this.returned.set(leaseId, Math.max(returned, before));
    }
    if (call.wanted === 0) return { outcome: 'reported' };
    const known = this.#leases.get(call.leaseId);
    if (known) return known;
    const units = Math.min(SLICE, this.remaining);
    if (units < call.atLeast) return { outcome: 'refused', price: 0, retryAfterMs: 500 };
    this.remaining -= units;
    this.granted.set(call.leaseId, units);
    const reply = {
      outcome: 'leased',
      lease: { leaseId: call.leaseId, units, useBeforeMs: nowMs + LIFE_MS, price: 0 },
    } as const;
    this.#leases.set(call.leaseId, reply);
    return reply;
  }

  claim({ leaseId, decisionId, units }: LeasedClaim): void {
    const claims = this.claimed.get(leaseId) ?? new Map<string, number>();
    this.claimed.set(leaseId, claims.set(decisionId, units));
  }

  claimedOf(leaseId: string): number {
    return [...(this.claimed.get(leaseId) ?? new Map<string, number>()).values()].reduce(
      (sum, units) => sum + units,
      0,
    );
  }

  /** Units that were both given back and claimed: the money of somebody else. */
  overspent(): number {
    const spent = [...this.granted].map(
      ([leaseId, units]) => this.claimedOf(leaseId) + (this.returned.get(leaseId) ?? 0) - units,
    );
    return Math.max(0, ...spent);
  }

  get spent(): number {
    return [...this.granted.keys()].reduce((sum, leaseId) => sum + this.claimedOf(leaseId), 0);
  }
}

/** Customers: a decision is made once, whatever is repeated. */
class Customers {
  readonly #made = new Map<string, readonly LeasedClaim[]>();
  readonly #oracle: Oracle;
  constructor(oracle: Oracle) {
    this.#oracle = oracle;
  }

  decide(decisionId: string, cost: number, purse: readonly PurseEntry[], nowMs: number): readonly LeasedClaim[] {
    const known = this.#made.get(decisionId);
    if (known) return known;
    const pays = purseView(purse, nowMs)('pool:p').units >= cost;
    const claims = pays ? purseTaker(purse, nowMs)(decisionId, [{ ledger: 'pool:p', units: cost }]) : [];
    this.#made.set(decisionId, claims);
    for (const claim of claims) this.#oracle.claim(claim);
    return claims;
  }
}

interface World {
  readonly oracle: Oracle;
  readonly customers: Customers;
  readonly wallets: readonly Wallet[];
  readonly random: Random;
  readonly lossRate: number;
  /** Things that happen later, or twice. */
  readonly late: { readonly atMs: number; readonly run: () => void }[];
  nowMs: number;
  drawn: number;
}

function callLedger(world: World, wallet: Wallet, kind: 'lease' | 'report'): void {
  const { oracle, random, lossRate, late } = world;
  world.drawn += 1;
  const call = wallet.open(world.nowMs, `lease-${world.drawn}`, kind);
  const fate = random.next();
  if (fate < lossRate / 3) {
    // Nobody hears of it, and the ledger hears of it late.
    late.push({ atMs: world.nowMs + random.next() * 20_000, run: () => void oracle.lease(call, world.nowMs) });
    return;
  }
  const reply = oracle.lease(call, world.nowMs);
  const hear = () => wallet.heard(call, reply, world.nowMs);
  if (fate < lossRate) wallet.failed(call, world.nowMs, random.next());
  else if (fate < 2 * lossRate) late.push({ atMs: world.nowMs + random.next() * 8_000, run: hear });
  else hear();
}

function request(world: World, wallet: Wallet): void {
  const { customers, random, lossRate, late } = world;
  // Some requests are repeated, by the same isolate or the other one.
  const decisionId = `d${Math.floor(random.next() * world.drawn * 3)}`;
  world.drawn += 1;
  const cost = pick(random, [1, 2, 3]);
  wallet.want(wants(3), world.nowMs);
  const due = wallet.due(world.nowMs, wants(3));
  if (due) callLedger(world, wallet, due);
  const purse = wallet.take(3, world.nowMs);
  const decide = () => customers.decide(decisionId, cost, purse, world.nowMs);
  const fate = random.next();
  if (fate < lossRate) {
    // The caller gave up on it; some attempts arrive late.
    if (fate < lossRate / 2) late.push({ atMs: world.nowMs + random.next() * 5_000, run: () => void decide() });
    else decide();
    wallet.settle(purse, [], false);
    return;
  }
  const claims = decide();
  const settle = () => wallet.settle(purse, claims, true);
  if (fate < 2 * lossRate) late.push({ atMs: world.nowMs + random.next() * 5_000, run: settle });
  else settle();
}

function step(world: World): void {
  const { random, late, wallets } = world;
  world.nowMs += random.next() * 400;
  for (const due of late.filter(({ atMs }) => atMs <= world.nowMs)) {
    late.splice(late.indexOf(due), 1);
    due.run();
  }
  const wallet = pick(random, wallets);
  const fate = random.next();
  if (fate < 0.9) request(world, wallet);
  else if (fate < 0.92) wallet.rest();
  const due = wallet.due(world.nowMs);
  if (due) callLedger(world, wallet, due);
}

function worldOf(seed: number, lossRate: number): World {
  const oracle = new Oracle();
  const wallets = [new Wallet('pool:p'), new Wallet('pool:p')];
  return {
    oracle,
    customers: new Customers(oracle),
    wallets,
    random: testRandom(seed),
    lossRate,
    late: [],
    nowMs: 0,
    drawn: 0,
  };
}

describe('two wallets on one ledger', () => {
  test.each([0, 0.05, 0.2, 0.4])(
    'losing a share of %d of all calls and replies: no unit is spent twice (200 seeds)',
    (lossRate) => {
      for (let seed = 1; seed <= 200; seed += 1) {
        const world = worldOf(seed, lossRate);
        for (let i = 0; i < STEPS; i += 1) {
          step(world);
          const { oracle } = world;
          if (oracle.overspent() > 0 || oracle.spent > TOTAL || oracle.remaining < 0)
            expect.fail(
              `seed ${seed}, step ${i}: ${oracle.overspent()} units given back and claimed, ${oracle.spent} spent`,
            );
        }
      }
    },
  );

  test('losing nothing, all is spent but less than one claim of each (50 seeds)', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const world = worldOf(seed, 0);
      for (let i = 0; i < STEPS; i += 1) step(world);
      expect(TOTAL - world.oracle.spent, `seed ${seed}`).toBeLessThanOrEqual(4);
    }
  });
});
