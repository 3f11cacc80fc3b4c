/** One local day of a paced pool: visitors through decide(), units through the isolates' wallets, claims to their settlement. */
import { decide, type PlacementDecision } from '../../decisioning/decide.ts';
import { plannedBy } from '../../decisioning/limits/plan.ts';
import { type LeasedClaim, purseTaker, purseView } from '../../decisioning/limits/purse.ts';
import { type Needed, neededUnits } from '../../decisioning/limits/purse-needs.ts';
import { Wallet } from '../../decisioning/limits/wallet.ts';
import { windowAt } from '../../decisioning/limits/windows.ts';
import type { Random } from '../../decisioning/random.ts';
import { viewOf } from '../../decisioning/testing/customer.ts';
import { testRandom } from '../../decisioning/testing/seeds.ts';
import { localClock } from '../../decisioning/time-zone.ts';
import { type PacingMode, type PlayedLedger, playedLedger } from './ledger.ts';
import { type PacedWorld, POOL, rateOf, TIERS, TRAFFIC, ZONE } from './world.ts';

const MS_PER_SECOND = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const SECONDS_PER_DAY = 86_400;
const SWITCHES = { killSwitch: false, pausedCampaigns: [] } as const;
/** Share of shown contents that are scrolled to; the claims of the rest are void after two minutes. */
export const SEEN = 0.7;
const SECONDS_UNTIL_SEEN = 20;
const SECONDS_UNTIL_VOID = 125;
/** An isolate gives back what nobody asked for so long. */
const IDLE_MS = 5_000;
/** Ten minutes of visitors are more or fewer than their hour promised: the spread of their logarithm. */
const SPELL_SPREAD = 0.2;
const MS_PER_SPELL = 600_000;

/** A day to be played. */
export interface DaySpec {
  readonly world: PacedWorld;
  /** Any moment of the day. */
  readonly atMs: number;
  /** Visitors of 24 hours. */
  readonly visitors: number;
  readonly isolates: number;
  readonly mode: PacingMode;
  readonly seed: number;
}

/** Where the day stood at the end of a minute or hour, units. */
export interface Mark {
  readonly atMs: number;
  readonly posted: number;
  /** Leased, or claimed and not seen yet. */
  readonly open: number;
  readonly planned: number;
  readonly price: number;
}

export interface PlayedDay {
  readonly total: number;
  readonly marks: readonly Mark[];
  readonly hours: readonly Mark[];
  readonly visitors: number;
  /** Claims, seen or not. */
  readonly claims: number;
  readonly posted: number;
  /** Expected conversions of what was seen and paid. */
  readonly bought: number;
  readonly reasons: Readonly<Record<string, number>>;
}

interface Shown {
  readonly claims: readonly LeasedClaim[];
  readonly rate: number;
  readonly seen: boolean;
}

/** Plays a day from midnight to midnight, and what is open then to its settlement. */
export function playDay({ world, atMs, visitors, isolates, mode, seed }: DaySpec): PlayedDay {
  const random = testRandom(seed);
  const window = windowAt(world.spec, atMs);
  const [fromMs, toMs] = [window.fromMs as number, window.toMs as number];
  const ledger = playedLedger(world.spec, window, mode);
  const shop = shopOf(world, ledger, isolates, random);
  const arrivals = arrivalsOf(visitors, seed, random);
  const marks: Mark[] = [];
  const due = new Map<number, Shown[]>();
  let bought = 0;
  let came = 0;
  let claims = 0;
  for (let nowMs = fromMs; nowMs < toMs + (SECONDS_UNTIL_VOID + 1) * MS_PER_SECOND; nowMs += MS_PER_SECOND) {
    for (const { seen, claims, rate } of due.get(nowMs) ?? []) {
      for (const claim of claims) ledger.settle(seen ? 'post' : 'void', claim, nowMs);
      if (seen) bought += rate;
    }
    due.delete(nowMs);
    if (nowMs % MINUTE_MS === 0) ledger.tick(nowMs);
    if (nowMs > fromMs && nowMs <= toMs && nowMs % MINUTE_MS === 0) {
      const planned = plannedBy(world.spec, window, nowMs) ?? 0;
      const { posted, pending, leased } = ledger.accounts();
      marks.push({ atMs: nowMs, posted, open: pending + leased, planned, price: ledger.price() });
    }
    shop.tick(nowMs);
    if (nowMs >= toMs) continue;
    for (let n = arrivals(nowMs); n > 0; n--) {
      const shown = shop.visit(nowMs, ++came);
      if (!shown) continue;
      claims += 1;
      const after = shown.seen ? 1 + Math.floor(random.next() * SECONDS_UNTIL_SEEN) : SECONDS_UNTIL_VOID;
      const whenMs = nowMs + after * MS_PER_SECOND;
      due.set(whenMs, [...(due.get(whenMs) ?? []), shown]);
    }
  }
  const { posted } = ledger.accounts();
  ledger.close();
  const hours = marks.filter((mark) => (mark.atMs - fromMs) % HOUR_MS === 0);
  return { total: world.spec.total, marks, hours, visitors: came, claims, posted, bought, reasons: shop.reasons };
}

/** How many visitors come in a second: Poisson, around the hour's share and the spell's whim. */
function arrivalsOf(visitors: number, seed: number, random: Random): (nowMs: number) => number {
  let spell = Number.NaN;
  let least = 1;
  return (nowMs) => {
    if (Math.floor(nowMs / MS_PER_SPELL) !== spell) {
      spell = Math.floor(nowMs / MS_PER_SPELL);
      const hour = Math.floor(localClock(nowMs, ZONE).minute / 60);
      const whim = Math.exp(SPELL_SPREAD * normal(testRandom(seed * 1_000_003 + spell)) - SPELL_SPREAD ** 2 / 2);
      least = Math.exp((-visitors / SECONDS_PER_DAY) * (TRAFFIC[hour] as number) * whim);
    }
    let n = 0;
    for (let product = random.next(); product > least; product *= random.next()) n += 1;
    return n;
  };
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** The isolates that visitors come to. */
function shopOf({ slice, evidence, spec }: PacedWorld, ledger: PlayedLedger, isolates: number, random: Random) {
  const wallets = Array.from({ length: isolates }, () => ({ wallet: new Wallet(POOL), usedMs: Number.NaN }));
  const reasons: Record<string, number> = {};
  let leases = 0;
  const serve = (isolate: number, nowMs: number, needed?: Needed): void => {
    const { wallet } = wallets[isolate]!;
    const kind = wallet.due(nowMs, needed);
    if (!kind) return;
    leases += 1;
    const call = wallet.open(nowMs, `lease-${leases}`, kind);
    wallet.heard(call, ledger.call(isolate, call, nowMs), nowMs);
  };
  return {
    reasons,
    tick: (nowMs: number): void => {
      wallets.forEach((held, isolate) => {
        if (held.wallet.isEmpty()) return;
        if (nowMs - held.usedMs >= IDLE_MS) held.wallet.rest();
        serve(isolate, nowMs);
      });
    },
    visit: (nowMs: number, count: number): Shown | undefined => {
      const isolate = Math.floor(random.next() * isolates);
      const held = wallets[isolate]!;
      held.usedMs = nowMs;
      const need = neededUnits([slice.rules], { switches: SWITCHES, nowMs }).get(spec.key)!;
      held.wallet.want(need, nowMs);
      serve(isolate, nowMs, need);
      const purse = held.wallet.take(held.wallet.fitting(need, nowMs), nowMs);
      const tier = Math.floor(random.next() * TIERS.length);
      const seed = Math.floor(random.next() * 2 ** 50)
        .toString(16)
        .padStart(32, '0');
      const decision = decide({
        requests: [{ placement: 'hero', decisionId: `d${count}`, seed }],
        sliceOf: () => slice,
        evidence,
        switches: SWITCHES,
        customer: viewOf({ bucketingId: `v${count}`, traits: { tier: TIERS[tier] } }, nowMs),
        nowMs,
        purse: purseView(purse, nowMs),
      })[0]!;
      for (const [reason, n] of Object.entries(decision.refusals)) reasons[reason] = (reasons[reason] ?? 0) + n;
      const claims = purseTaker(purse, nowMs)(decision.decisionId, decision.chosen?.claims ?? []);
      held.wallet.settle(purse, claims, true);
      return shownBy(decision, claims, tier, random.next() < SEEN);
    },
  };
}

function shownBy(
  { chosen }: PlacementDecision,
  claims: readonly LeasedClaim[],
  tier: number,
  seen: boolean,
): Shown | undefined {
  if (!chosen || claims.length === 0) return undefined;
  return { claims, rate: rateOf(chosen.campaign.id, chosen.armId, tier), seen };
}
