/** The conformance vectors' shape, and how a host runs one: plain JSON in, plain JSON out. */
import type { Allocation } from '../bandits/allocation.ts';
import type { OpenSlice } from '../catalog/open.ts';
import { openSlice } from '../catalog/open.ts';
import type { RulesSlice } from '../catalog/slice.ts';
import type { PlacementDecision, PlacementRequest, Switches } from '../decide.ts';
import { decide } from '../decide.ts';
import { EMPTY_PURSE, type PurseAnswer, type UnitClaim } from '../limits/purse.ts';
import type { Touch } from '../limits/touches.ts';
import { countTouches, fatiguePressure } from '../limits/touches.ts';
import { conditionAttributes } from '../request-attributes.ts';
import type { CounterHistory } from '../segments/counters.ts';
import { subjectResolver } from '../segments/subject.ts';
import type { Assignment } from '../view.ts';
import { evidenceFrom } from '../view.ts';

/** One request for one customer at one moment. */
export interface ConformanceCase {
  readonly name: string;
  readonly nowMs: number;
  readonly requests: readonly PlacementRequest[];
  readonly switches: Switches;
  readonly customer: {
    readonly bucketingId: string;
    readonly sessionKey: string;
    readonly timeZone: string | null;
    readonly traits: Readonly<Record<string, unknown>>;
    readonly request: Readonly<Record<string, unknown>>;
    readonly consents: readonly string[];
    readonly touches: readonly Touch[];
    readonly assignments: Readonly<Record<string, Assignment>>;
    readonly behaviour: CounterHistory['behaviour'];
    /** None when absent. */
    readonly outcomes?: CounterHistory['outcomes'];
    /** By model id, the version whose scores stand in `request` under their paths; none when absent. */
    readonly modelVersions?: Readonly<Record<string, number>>;
  };
  /** Published allocations by campaign id; the initial one stands for the others. */
  readonly allocations: Readonly<Record<string, Allocation>>;
  /** What may be claimed, by ledger; nothing when absent. */
  readonly purse?: Readonly<Record<string, PurseAnswer>>;
  /** In the order of the requests. */
  readonly expected: readonly ConformanceAnswer[];
}

/** What is compared of a decision. Propensities to 1e-12, everything else exactly. */
export interface ConformanceAnswer {
  readonly placement: string;
  readonly chosen: {
    readonly campaignId: string;
    readonly armId: string;
    readonly leaf: string;
    readonly propensityCampaign: number;
    readonly propensityArm: number;
    readonly sticky: boolean;
    readonly periodKey: string;
    readonly stickyUntilMs: number;
    readonly allocationVersion: number;
    /** Absent where nothing is sent later. */
    readonly sendAtMs?: number;
    /** Absent where nothing is taken of ledgers. */
    readonly claims?: readonly UnitClaim[];
  } | null;
  readonly refusals: PlacementDecision['refusals'];
}

/** The vectors as they are stored. */
export interface ConformanceVectors {
  /** Seeds and the first two numbers that they give, exactly. */
  readonly random: readonly { readonly seed: string; readonly draws: readonly number[] }[];
  /** Buckets of ids under a salt, exactly. */
  readonly buckets: readonly { readonly salt: string; readonly id: string; readonly bucket: number }[];
  /** Rules slices by placement: the catalog of all cases. */
  readonly slices: Readonly<Record<string, RulesSlice>>;
  readonly cases: readonly ConformanceCase[];
}

/** Decides a case; slices are opened anew, since a host must be able to. */
export function runCase(vectors: ConformanceVectors, one: ConformanceCase): ConformanceAnswer[] {
  const { customer, nowMs } = one;
  const slices = new Map(
    Object.entries(vectors.slices).map(([id, rules]): [string, OpenSlice] => [id, openSlice(rules)]),
  );
  const allocations = new Map(Object.entries(one.allocations));
  const assignments = new Map(Object.entries(customer.assignments));
  const { touches, behaviour, traits, request } = customer;
  const timeZone = customer.timeZone ?? undefined;
  const attributes = conditionAttributes({ traits, request, nowMs, timeZone, anonymous: true });
  const seen = touches.filter((touch) => touch.pendingUntilMs === null);
  const counters = {
    touches: seen.map(({ atMs, channel, campaignId }) => ({ at: atMs, channel, campaignId })),
    outcomes: customer.outcomes ?? [],
    behaviour,
  };
  const decisions = decide({
    requests: one.requests,
    sliceOf: (placement) => slices.get(placement),
    evidence: evidenceFrom((campaignId) => allocations.get(campaignId)),
    switches: one.switches,
    purse: (ledger) => one.purse?.[ledger] ?? EMPTY_PURSE(ledger),
    nowMs,
    customer: {
      bucketingId: customer.bucketingId,
      sessionKey: customer.sessionKey,
      resolve: subjectResolver({ attributes, counters, nowMs }),
      touches: (scope, windowMs) => countTouches(touches, scope, windowMs, nowMs),
      pressure: (weights, halfLifeMs) => fatiguePressure(touches, weights, halfLifeMs, nowMs),
      assignment: (campaignId) => assignments.get(campaignId),
      consents: (channel) => customer.consents.includes(channel) || undefined,
      modelVersion: (model) => customer.modelVersions?.[model],
    },
  });
  return decisions.map(answerOf);
}

function answerOf({ placement, chosen, refusals }: PlacementDecision): ConformanceAnswer {
  if (!chosen) return { placement, chosen, refusals };
  const { campaign, measuresLift: _, ...rest } = chosen;
  return { placement, chosen: { campaignId: campaign.id, ...rest }, refusals };
}
