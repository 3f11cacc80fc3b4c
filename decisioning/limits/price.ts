/**
 * The dual price λ of a paced ledger: what a unit must be worth, in the unit of the campaigns' values, to be spent now. A candidate is
 * shown when value − λ · units ≥ 0, so that a plan that cannot serve everyone serves those who are worth most.
 *
 * λ moves multiplicatively with the error between spending and plan, as in dual mirror descent with the entropy mirror map (Balseiro,
 * Lu and Mirrokni 2020, "Dual mirror descent for online allocation problems"; Balseiro and Gur 2019, "Learning in repeated auctions
 * with budgets", for a constant plan; Kumar, Morgenstern and Schrijvers 2022, "Optimal spend rate estimation and pacing", for one
 * that varies over the day). Their update is an integral controller of ln λ, which swings where prices reach spenders late, as they
 * do with leases; a proportional term damps it, as controllers in industry do (Karlsson 2020, "Feedback control in programmatic
 * advertising"). With lead = committed − planned, in horizons (what the plan spends in the tempo T, five minutes for a busy ledger):
 *
 *     Δ ln λ = GAIN · (Δlead + lead · Δt / 2T)      and, once the price is off by powers of ten, STRAY_GAIN · sign(lead) · Δt / T
 */
import type { LedgerSpec } from './ledger-spec.ts';
import { PACING_HORIZON_MS, type Spending, slackOf } from './pacing.ts';
import { plannedBy } from './plan.ts';
import type { LedgerWindow } from './windows.ts';

/** What a ledger remembers of its price; plain data, to be stored between updates and kept from day to day. */
export interface PriceState {
  /** [MIN_PRICE, MAX_PRICE]; stands for 0 at its lower end, see `priceAsked`. */
  readonly level: number;
  /** Units that spending was ahead of its plan (negative: behind) at the last update. */
  readonly lead: number;
  /** How the lead has moved in the last minutes, in horizons; what lies back fades. */
  readonly drift: number;
  /** Whether a price was found yet that holds spending back. */
  readonly found: boolean;
  /** For how long spending has stayed far from its plan and come no nearer, milliseconds. */
  readonly strayedMs: number;
  /** Window of the last update: the lead of another one says nothing. */
  readonly windowId: string;
  /** When it was updated, milliseconds since the epoch. */
  readonly atMs: number;
}

/** Values lie between 1e-3 and 1e6, units of a claim between 1 and 1e6: no price below or above these could matter. */
export const MIN_PRICE = 1e-9;
export const MAX_PRICE = 1e9;
/** Running ahead by one more horizon multiplies the price by e³: it settles where 1 % of price moves from 0.2 % to 10 % of spending. */
const GAIN = 3;
/** The correction of a lasting lead takes this many tempos: damped for all but the most indifferent demand. */
const TEMPOS_TO_SETTLE = 2;
/** A horizon is at least this many of the dearest claim, so that single claims and slices of leases are noise, not news. */
const MIN_HORIZON_CLAIMS = 16;
/** Hosts that ask rarely, and hours with next to no plan, leave at least this much haste. */
const MAX_TEMPO_MS = 14_400_000;
/** A silence counts for no longer: what was not looked at cannot be answered for all at once. */
const MAX_UPDATE_GAP_MS = 60_000;
/** Far from the plan: this much of the slack ahead (where leases are refused soon), or of a horizon behind. */
const FAR = 0.5;
/** Coming nearer: by this part of a horizon within `DRIFT_TEMPOS`, a sixth of what no spending at all would make. */
const NEARER = 0.03;
const DRIFT_TEMPOS = 0.2;
/** At its fastest, a price that is off by powers of ten moves by e^(20.8 Δt / T): twofold in ten seconds for a busy ledger … */
const STRAY_GAIN = 30 * Math.LN2;
/** … which it comes to in this many tempos; at once while no price was found yet. */
const TEMPOS_TO_HASTE = 2.4;

/** The price of a ledger that has not spent anything yet: none. */
export function initialPrice(window: LedgerWindow, atMs: number): PriceState {
  return { level: MIN_PRICE, lead: 0, drift: 0, found: false, strayedMs: 0, windowId: window.id, atMs };
}

/** The price that travels with leases, value units per unit; 0 where nothing is paced or everything can be served. */
export function priceAsked({ level }: PriceState): number {
  return level <= MIN_PRICE ? 0 : level;
}

/**
 * The price after a look at the ledger; it may be looked at any time, however often or rarely. Where nothing is paced the price is 0
 * (scarce stock is served as it comes), and while the plan stands still (an hour of weight 0) it stays what it is. While spending is
 * behind its plan a price of 0 stays 0, and none rises while it is behind by more than a horizon.
 */
export function nextPrice(
  state: PriceState,
  spec: LedgerSpec,
  window: LedgerWindow,
  { committed, atLeast, atMs }: Spending,
): PriceState {
  const planned = plannedBy(spec, window, atMs);
  const slack = slackOf(spec, window, atLeast, atMs);
  if (planned === null || slack === undefined) return initialPrice(window, atMs);
  const lead = committed - planned;
  // Hosts' clocks differ; time does not run backwards here.
  const seen = { lead, windowId: window.id, atMs: Math.max(atMs, state.atMs) };
  const soon = (plannedBy(spec, window, atMs + PACING_HORIZON_MS) as number) - planned;
  if (soon <= 0) return { ...state, ...seen };
  const horizon = Math.max(Math.min(soon, slack), MIN_HORIZON_CLAIMS * atLeast);
  const tempoMs = Math.min(MAX_TEMPO_MS, (PACING_HORIZON_MS * horizon) / soon);
  const elapsedMs = Math.min(Math.max(0, atMs - state.atMs), MAX_UPDATE_GAP_MS);
  const isSameWindow = window.id === state.windowId;
  const moved = isSameWindow ? within(-1, 1, (lead - state.lead) / horizon) : 0;
  const drift = isSameWindow ? state.drift * Math.exp(-elapsedMs / (DRIFT_TEMPOS * tempoMs)) + moved : 0;
  const isFar = lead > 0 ? lead >= Math.min(FAR * slack, slack - 2 * atLeast) : lead < -FAR * horizon;
  const strays = isFar && Math.sign(lead) * drift > -NEARER;
  const strayedMs = strays ? state.strayedMs + elapsedMs : Math.max(0, state.strayedMs - 4 * elapsedMs);
  const haste = strays ? hasteOf(state.found, strayedMs / tempoMs) * Math.sign(lead) : 0;
  const steady = GAIN * (moved + (within(-1, 1, lead / horizon) * elapsedMs) / (TEMPOS_TO_SETTLE * tempoMs));
  // Far behind its plan there is nothing to damp: whatever brings it nearer is welcome, at no higher price than before.
  const damped = lead < -horizon ? Math.min(0, steady) : steady;
  const change = damped + (haste * elapsedMs) / tempoMs;
  // Behind its plan a ledger wants visitors: a first one is no reason to ask for anything.
  const isFree = lead < 0 && state.level <= MIN_PRICE;
  const level = isFree ? MIN_PRICE : within(MIN_PRICE, MAX_PRICE, state.level * Math.exp(change));
  return { ...seen, level, drift, strayedMs, found: state.found || (level > MIN_PRICE && lead < -FAR * slack) };
}

/** How fast a price that is far off moves, e-folds per tempo: the longer it has been, the faster. */
function hasteOf(found: boolean, strayedTempos: number): number {
  return STRAY_GAIN * (found ? Math.min(1, strayedTempos / TEMPOS_TO_HASTE) : 1);
}

function within(least: number, most: number, x: number): number {
  return Math.min(most, Math.max(least, x));
}
