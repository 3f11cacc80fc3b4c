/** Configurations for tests of the compiler. */
import { compile } from '../compile.ts';
import type { ArmConfiguration, CampaignConfiguration, Configuration } from '../configuration.ts';

/** Whose catalogs these are. */
export const workspace = { workspaceId: 'w', salt: 'salt' };
export const DAY_MS = 86_400_000;

/** An arm that costs nothing. */
export function arm(id: string, extra: Partial<ArmConfiguration> = {}): ArmConfiguration {
  return { id, content: { text: id }, costMinor: 0, ...extra };
}

/** A campaign on `hero` that learns from clicks. */
export function campaign(id: string, extra: Partial<CampaignConfiguration> = {}): CampaignConfiguration {
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
    strategy: { policy: 'thompson', minExploration: 0.01 },
    contexts: [],
    arms: [arm('a'), arm('b')],
    shards: 1,
    ...extra,
  };
}

/** One campaign, one placement, one attribute, one site. */
export function configuration(extra: Partial<Configuration> = {}): Configuration {
  return {
    campaigns: [campaign('spring')],
    segments: [],
    placements: [{ id: 'hero', name: 'Hero', channel: 'web' }],
    channels: [],
    goals: [],
    attributes: [{ id: 'plan', type: 'string', source: 'any' }],
    sites: [{ id: 'shop', name: 'Shop', kind: 'web', origins: ['https://shop.example'], consent: 'required' }],
    settings: {
      id: 'workspace',
      holdout: 0,
      globalCap: { max: 7, windowMs: 7 * DAY_MS },
      arbitration: { exploration: 0 },
      fatigue: { weight: 0, halfLifeMs: 3 * DAY_MS },
      currency: 'EUR',
    },
    ...extra,
  };
}

/** The catalog of a configuration that must compile. */
export function catalogOf(document: Configuration) {
  const result = compile(document, workspace);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.catalog;
}

/** What the compiler has against a configuration. */
export function problemsOf(document: Configuration) {
  const result = compile(document, workspace);
  return result.ok ? [] : result.problems;
}

/** Problems of a single campaign, as path → detail. */
export function campaignProblems(extra: Partial<CampaignConfiguration>): Record<string, string> {
  return Object.fromEntries(
    problemsOf(configuration({ campaigns: [campaign('spring', extra)] })).map(({ path, detail }) => [path, detail]),
  );
}
