/** Configurations with everything but the point of a test filled in, and the slices that compiling them gives. */
import { type Catalog, compile } from '../catalog/compile.ts';
import type {
  ArmConfiguration,
  CampaignConfiguration,
  ChannelConfiguration,
  Configuration,
  SettingsConfiguration,
} from '../catalog/configuration.ts';
import type { OpenSlice } from '../catalog/open.ts';
import { openSlice } from '../catalog/open.ts';
import type { CatalogProblem } from '../catalog/problems.ts';
import type { RulesSlice } from '../catalog/slice.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** What test workspaces draw their groups with. */
export const SALT = 'test-salt';
/** Whose catalogs these are. */
export const WORKSPACE = { workspaceId: 'w', salt: SALT };

/** An arm that costs nothing and shows its id. */
export function armOf(id: string, extra: Partial<ArmConfiguration> = {}): ArmConfiguration {
  return { id, content: { text: id }, costMinor: 0, ...extra };
}

/** A campaign for everyone on `hero`, with arms `a` and `b` split evenly, no caps, nothing sticky, nobody held out. */
export function campaignOf(id: string, extra: Partial<CampaignConfiguration> = {}): CampaignConfiguration {
  return {
    id,
    name: id,
    objective: { goal: 'click', conversionWeight: 1, revenueWeight: 0, priority: 0 },
    audience: {},
    placements: ['hero'],
    schedule: { timeZone: 'UTC', weekly: [] },
    caps: [],
    sticky: { mode: 'none' },
    holdout: 0,
    strategy: { policy: 'fixed_split', weights: { a: 1, b: 1 }, minExploration: 0 },
    contexts: [],
    arms: [armOf('a'), armOf('b')],
    shards: 1,
    ...extra,
  };
}

/** The same with Thompson sampling and a floor of one in a hundred. */
export function learnerOf(id: string, extra: Partial<CampaignConfiguration> = {}): CampaignConfiguration {
  return campaignOf(id, { strategy: { policy: 'thompson', minExploration: 0.01 }, ...extra });
}

/** The objective of a campaign that is worth `priority` more than its conversions. */
export function ranked(priority: number): CampaignConfiguration['objective'] {
  return { goal: 'click', conversionWeight: 1, revenueWeight: 0, priority };
}

/** A channel without cap or consent. */
export function channelOf(id: string, extra: Partial<ChannelConfiguration> = {}): ChannelConfiguration {
  return {
    id,
    name: id,
    countsTowardGlobal: false,
    requiresConsent: false,
    cap: null,
    claimTtlMs: 2 * MINUTE_MS,
    fatigueWeight: 1,
    quietHours: null,
    ...extra,
  };
}

/** Settings of a workspace without holdout, global cap, exploration or fatigue. */
export function settingsOf(extra: Partial<SettingsConfiguration> = {}): SettingsConfiguration {
  return {
    id: 'workspace',
    holdout: 0,
    globalCap: null,
    arbitration: { exploration: 0 },
    fatigue: { weight: 0, halfLifeMs: DAY_MS },
    currency: 'EUR',
    ...extra,
  };
}

/** A configuration around some campaigns: placements `hero` and `side` of channel `web`, string attribute `plan`. */
export function configurationOf(
  campaigns: readonly CampaignConfiguration[],
  extra: Partial<Configuration> = {},
): Configuration {
  return {
    campaigns,
    segments: [],
    placements: ['hero', 'side'].map((id) => ({ id, name: id, channel: 'web' })),
    channels: [],
    goals: [],
    attributes: [{ id: 'plan', type: 'string', source: 'any' }],
    sites: [],
    pools: [],
    stocks: [],
    settings: settingsOf(),
    ...extra,
  };
}

/** Rules slices by placement, as they would be stored, and open. */
export interface TestSlices {
  readonly slices: Readonly<Record<string, RulesSlice>>;
  readonly sliceOf: (placement: string) => OpenSlice | undefined;
}

/** The catalog of a configuration; throws with the problems of one that publishing would refuse. */
export function catalogOf(configuration: Configuration): Catalog {
  const result = compile(configuration, WORKSPACE);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.catalog;
}

/** What the compiler has against a configuration. */
export function problemsOf(configuration: Configuration): readonly CatalogProblem[] {
  const result = compile(configuration, WORKSPACE);
  return result.ok ? [] : result.problems;
}

/** Compiles; throws with the problems of a configuration that publishing would refuse. */
export function slicesOf(configuration: Configuration): TestSlices {
  const { placements } = catalogOf(configuration);
  const slices = Object.fromEntries(
    // As a reader gets them: through JSON.
    Object.entries(placements).map(([id, { rules }]) => [id, JSON.parse(JSON.stringify(rules))]),
  ) as Record<string, RulesSlice>;
  const open = new Map(Object.entries(slices).map(([id, rules]) => [id, openSlice(rules)]));
  return { slices, sliceOf: (placement) => open.get(placement) };
}
