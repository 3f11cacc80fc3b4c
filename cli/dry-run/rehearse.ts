/** Plays invented customers against a configuration before anything is learned, and notes why campaigns stood by. */
import type { Catalog } from '../../decisioning/catalog/compile.ts';
import type { Phase } from '../../decisioning/lifecycle/phases.ts';
import type { UnitClaim } from '../../decisioning/limits/purse.ts';
import { REFUSAL_REASONS, type RefusalReason } from '../../decisioning/reasons.ts';
import { planOf } from '../../simulations/worlds/plan.ts';
import { playWorld } from '../../simulations/worlds/play.ts';
import type { WorldSpec } from '../../simulations/worlds/spec.ts';
import { populationOf } from '../../simulations/worlds/visits.ts';

const HOURS_PER_DAY = 24;

/** One campaign of a rehearsal. */
export interface RehearsedCampaign {
  readonly campaign: string;
  readonly placements: readonly string[];
  /** How often one of its placements was asked for. */
  readonly asked: number;
  /** Decisions for it, holdout included. */
  readonly chosen: number;
  readonly heldOut: number;
  /** Exposures, first exposures of their sticky periods, and customers reached. */
  readonly shown: number;
  readonly trials: number;
  readonly reach: number;
  /** Share of exposures. */
  readonly arms: readonly { readonly arm: string; readonly share: number }[];
  /** The phase it began in and the last it came to, each with the share of customers it admits; null without lifecycle. */
  readonly phases: readonly [first: RehearsedPhase, last: RehearsedPhase] | null;
  /** How often it was asked and not chosen, by the first reason, in the order of the checks. */
  readonly refusals: readonly { readonly reason: RefusalReason; readonly count: number }[];
  /** Expected hours until it has so many trials, and until each arm has; null where it gets none. */
  readonly hoursToTrials: number | null;
  readonly hoursToTrialsPerArm: number | null;
}

export interface RehearsedPhase {
  readonly phase: Phase;
  readonly admitted: number;
}

/** A pool, stock or capacity, and what would have been claimed of it if there were no end to it. */
export interface RehearsedLedger {
  /** `pool:spring`. */
  readonly ledger: string;
  /** All there is, in all or a day. */
  readonly total: number;
  readonly period: 'once' | 'day';
  /** Claimed over all days, seen or not. */
  readonly claimed: number;
}

export interface Rehearsal {
  readonly days: number;
  readonly customers: number;
  readonly visits: number;
  /** Requests for a placement, and how many of them got default content. */
  readonly asked: number;
  readonly unanswered: number;
  readonly trialsWanted: number;
  readonly campaigns: readonly RehearsedCampaign[];
  /** In the order of keys. */
  readonly ledgers: readonly RehearsedLedger[];
}

/** @param trialsWanted how many trials the expected hours are for. */
export function rehearse(catalog: Catalog, spec: WorldSpec, seed: number, trialsWanted: number): Rehearsal {
  const plan = planOf(catalog, spec.truth);
  const population = populationOf(spec, seed);
  const notes = new Map<string, { asked: number; chosen: number; refusals: Map<RefusalReason, number> }>();
  const noteOf = (id: string) => {
    const note = notes.get(id) ?? { asked: 0, chosen: 0, refusals: new Map<RefusalReason, number>() };
    notes.set(id, note);
    return note;
  };
  const claimed: Claimed = new Map();
  let asked = 0;
  let unanswered = 0;
  const played = playWorld({
    spec,
    plan,
    population,
    seed,
    onDecision: ({ chosen, candidates = [] }) => {
      asked++;
      if (!chosen) unanswered++;
      noteClaims(claimed, chosen?.claims);
      for (const { campaignId, reason } of candidates) {
        const note = noteOf(campaignId);
        note.asked++;
        if (reason === null) note.chosen++;
        else note.refusals.set(reason, (note.refusals.get(reason) ?? 0) + 1);
      }
    },
  });
  const hours = spec.days * HOURS_PER_DAY;
  const hoursTo = (trials: number) => (trials === 0 ? null : (trialsWanted * hours) / trials);
  const campaigns = played.map((one): RehearsedCampaign => {
    const { campaignId, armIds, byArm, shown, trials, reach, heldOut, phase } = one;
    const { lifecycle } = plan.campaigns.get(campaignId)!.policy;
    const phaseOf = (name: Phase) => ({ phase: name, admitted: lifecycle!.phases[name].admitted });
    const note = noteOf(campaignId);
    const least = shown === 0 ? 0 : (trials * Math.min(...byArm)) / shown;
    return {
      campaign: campaignId,
      placements: Object.entries(catalog.placements).flatMap(([id, { rules }]) =>
        rules.campaigns.some((each) => each.id === campaignId) ? [id] : [],
      ),
      asked: note.asked,
      chosen: note.chosen,
      heldOut,
      shown,
      trials,
      reach,
      arms: armIds.map((arm, i) => ({ arm, share: shown === 0 ? 0 : byArm[i]! / shown })),
      phases: lifecycle && phase ? [phaseOf('initialization'), phaseOf(phase)] : null,
      refusals: REFUSAL_REASONS.flatMap((reason) => {
        const count = note.refusals.get(reason) ?? 0;
        return count > 0 ? [{ reason, count }] : [];
      }),
      hoursToTrials: hoursTo(trials),
      hoursToTrialsPerArm: hoursTo(least),
    };
  });
  const { people, visits } = population;
  return {
    days: spec.days,
    customers: people.length,
    visits: visits.length,
    asked,
    unanswered,
    trialsWanted,
    campaigns,
    ledgers: ledgersOf(catalog, claimed),
  };
}

type Claimed = Map<string, number>;

function noteClaims(claimed: Claimed, claims: readonly UnitClaim[] = []): void {
  for (const { ledger, units } of claims) claimed.set(ledger, (claimed.get(ledger) ?? 0) + units);
}

function ledgersOf({ directory }: Catalog, claimed: Claimed): RehearsedLedger[] {
  return Object.values(directory.ledgers ?? {}).map(({ key, total, period }) => ({
    ledger: key,
    total,
    period,
    claimed: claimed.get(key) ?? 0,
  }));
}
