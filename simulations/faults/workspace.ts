/** The simulated workspace: what it publishes, revision after revision. */
import { createHash, createHmac } from 'node:crypto';
import type { CampaignConfiguration, Configuration } from '../../decisioning/catalog/configuration.ts';
import { openSlice } from '../../decisioning/catalog/open.ts';
import type { CampaignPolicy, CatalogManifest, Directory, RulesSlice } from '../../decisioning/catalog/slice.ts';
import {
  armOf,
  campaignOf,
  catalogOf,
  channelOf,
  configurationOf,
  DAY_MS,
  HOUR_MS,
  learnerOf,
  MINUTE_MS,
  settingsOf,
} from '../../decisioning/testing/configuration.ts';

export const WORKSPACE_ID = 'w';
export const PLACEMENTS = ['hero', 'side', 'letter'] as const;

/** A revision as it is handed to the publisher. */
export interface Release {
  readonly manifest: CatalogManifest;
  readonly bodies: readonly { readonly hash: string; readonly body: string }[];
  readonly policies: readonly CampaignPolicy[];
  readonly directory: Directory;
}

/** Every fourth revision cuts what the ones before it had raised. */
const CUT_EVERY = 4;
const CUT = 0.4;

/** Budgets that are short all the time: they grow with every revision by what customers soon have spent, and are cut below it. */
function knobsOf(revision: number) {
  const share = revision % CUT_EVERY === 2 ? CUT : 1;
  return {
    dailyMinor: Math.floor(share * 60),
    totalMinor: Math.floor(share * 60 * (revision + 1)),
    gifts: Math.floor(share * (3 + 2 * revision)),
    perDay: 1 + (revision % 3),
    hourly: 1 + (revision % 2),
  };
}

/** One for good, and one that is paced over each day. */
function poolsOf(revision: number): Configuration['pools'] {
  const { totalMinor, dailyMinor } = knobsOf(revision);
  const spring = { id: 'spring', name: 'Spring', totalMinor, timeZone: 'Europe/Berlin', alertsAt: [0.8, 1] };
  const daily = { id: 'daily', name: 'Daily', dailyMinor, timeZone: 'UTC', alertsAt: [1] };
  return [
    { ...spring, pacing: { mode: 'none' } },
    { ...daily, pacing: { mode: 'even' } },
  ];
}

/** The configuration of a revision. */
export function configurationOfRevision(revision: number): Configuration {
  const { gifts, perDay, hourly } = knobsOf(revision);
  const arms = ['a', 'b', ...(revision % 2 === 1 ? ['c'] : [])].map((id) => armOf(id));
  const schedule = { timeZone: 'Europe/Berlin', weekly: [] };
  return configurationOf(
    [
      learnerOf('learn', { placements: ['hero'], arms, holdout: 0.2, sticky: { mode: 'days', days: 1 }, shards: 2 }),
      campaignOf('often', { placements: ['hero', 'side'], ...learningOf(revision) }),
      campaignOf('capped', {
        placements: ['side'],
        arms: [armOf('a', { costMinor: 1 }), armOf('b', { costMinor: 2 })],
        caps: [{ max: hourly, windowMs: HOUR_MS }],
        pool: 'daily',
        objective: worth(0.5),
      }),
      learnerOf('paid', {
        // Where nothing is paid for, a slice is one that versions of before ledgers understand.
        placements: revision % 3 === 0 ? ['letter'] : ['letter', 'hero'],
        arms: [armOf('a', { costMinor: 30 }), armOf('b', { costMinor: 10 }), armOf('free')],
        caps: [{ max: 5, windowMs: DAY_MS }],
        pool: 'spring',
        objective: worth(0.4),
      }),
      campaignOf('gift', {
        placements: ['side', 'letter'],
        stock: 'gifts',
        // In turns with the channel's: ledgers come and go, and a history is no dearer for it.
        dailyCapacity: revision % 2 === 1 ? perDay : undefined,
        schedule,
        caps: [{ max: 2, windowMs: 7 * DAY_MS }],
        objective: worth(0.3),
      }),
    ],
    {
      placements: [
        { id: 'hero', name: 'Hero', channel: 'page' },
        { id: 'side', name: 'Side', channel: 'page' },
        { id: 'letter', name: 'Letter', channel: 'letter' },
      ],
      channels: [
        channelOf('page', { countsTowardGlobal: false }),
        channelOf('letter', {
          countsTowardGlobal: true,
          cap: { max: 3, windowMs: DAY_MS },
          claimTtlMs: 10 * MINUTE_MS,
          capacity:
            revision % 2 === 0
              ? { perDay: 6 - perDay, timeZone: 'Europe/Berlin', pacing: { mode: 'none' }, alertsAt: [1] }
              : undefined,
        }),
      ],
      goals: [{ id: 'purchase', name: 'Purchase', source: 'any', windowMs: 7 * DAY_MS, defaultValueMinor: 500 }],
      pools: poolsOf(revision),
      stocks: [{ id: 'gifts', name: 'Gifts', total: gifts, alertsAt: [1] }],
      settings: settingsOf({ globalCap: { max: 4, windowMs: DAY_MS }, arbitration: { exploration: 0.3 } }),
    },
  );
}

/** In turns what a campaign makes the most of and whether it is watched: both take an allocation's time several times over. */
function learningOf(revision: number): Partial<CampaignConfiguration> {
  if (revision % 3 === 1) return { objective: rewarded(0.02) };
  const watch = { hold: false, sensitivity: 'normal' } as const;
  return { objective: worth(0.02), ...(revision % 3 === 2 && { learning: { watch } }) };
}

/** Worth as much, and learning from more than its goal. */
function rewarded(priority: number): CampaignConfiguration['objective'] {
  const goals = ['click', 'purchase'].map((goal) => ({ goal, weight: 0.5 }));
  return { ...worth(priority), reward: { kind: 'composite', goals }, secondary: ['purchase'] };
}

/** Values close enough that exploration, and what is capped or unaffordable, decide who wins. */
function worth(priority: number) {
  return { goal: 'click', conversionWeight: 1, revenueWeight: 0, priority };
}

const released = new Map<number, Release>();

/** The release of a revision, the same every time. */
export function releaseOf(revision: number): Release {
  const release = released.get(revision) ?? compiled(configurationOfRevision(revision));
  released.set(revision, release);
  return { ...release, manifest: { ...release.manifest, revision, publishedAtMs: revision } };
}

/** Makes a release of any configuration. */
export function compiled(configuration: Configuration): Release {
  const { directory, placements, policies } = catalogOf(configuration);
  const bodies: { hash: string; body: string }[] = [];
  const named = (value: unknown): string => {
    const body = JSON.stringify(value);
    const hash = createHash('sha256').update(body).digest('hex');
    bodies.push({ hash, body });
    return hash;
  };
  const manifest = {
    revision: 0,
    publishedAtMs: 0,
    directory: named(directory),
    placements: Object.fromEntries(
      Object.entries(placements).map(([id, { rules, contents }]) => [
        id,
        { rules: named(rules), contents: named(contents) },
      ]),
    ),
  };
  const hash = createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
  return { manifest: { ...manifest, hash }, bodies, policies, directory };
}

/** Rules slices by their hash, opened once: every revision's, since stale isolates go on using old ones. */
const opened = new Map<string, ReturnType<typeof openSlice>>();

/** A rules slice that some isolate has opened. */
export function rulesOfHash(hash: string): RulesSlice {
  return opened.get(hash)!.rules;
}

/** The open form of a rules slice. */
export function sliceOfBody(hash: string, body: string): ReturnType<typeof openSlice> {
  let slice = opened.get(hash);
  if (!slice) {
    slice = openSlice(JSON.parse(body) as RulesSlice);
    opened.set(hash, slice);
  }
  return slice;
}

/** Names of customers' objects, as the worker makes them. */
export function nameOf(id: string): string {
  return createHmac('sha256', 'simulated customers').update(id).digest().subarray(0, 16).toString('base64url');
}
