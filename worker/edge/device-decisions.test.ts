import { describe, expect, test } from 'vitest';
import { DEVICE_BUNDLE_LIFE_MS, type DeviceBundle } from '../../decisioning/device/bundle.ts';
import { decideOnDevice, leavesOf } from '../../decisioning/device/open-place.ts';
import { catalogOf, configurationOf, learnerOf, slicesOf } from '../../decisioning/testing/configuration.ts';
import type { Auth } from '../http/auth.ts';
import type { EdgeCatalog } from './catalog.ts';
import { makeBundle } from './device-bundle.ts';
import { DEVICE_REPORT_GRACE_MS, judgeReport } from './device-decisions.ts';
import type { PlacementSlices } from './slices.ts';
import type { Visitor } from './visitor.ts';

const env = { TOKEN_KEYS: `k1:${'ab'.repeat(32)}`, NAMING_SECRET: 'cd'.repeat(32) } as unknown as Env;
const NOW_MS = Date.UTC(2026, 10, 22, 12);
const auth: Auth = { workspaceId: 'w', siteId: 'shop', keyId: 'k', keyType: 'publishable' } as Auth;
const visitor: Visitor = { kind: 'anonymous', name: 'someone', anonymousId: 'a1.k1.x.y' };

const configuration = configurationOf([learnerOf('spring', { onDevice: true })]);
const { directory, placements } = catalogOf(configuration);
const slices = new Map<string, PlacementSlices>([
  [
    'hero',
    {
      rules: slicesOf(configuration).sliceOf('hero')!,
      rulesHash: 'h',
      contents: placements.hero!.contents,
      outdated: false,
    },
  ],
]);
const catalog = {
  directory,
  allocations: new Map(),
  switches: { killSwitch: false, pausedCampaigns: [] },
  manifest: { revision: 1 },
} as unknown as EdgeCatalog;

const request = new Request('https://api.example');
const body = { placements: ['hero'] };
const answer = await makeBundle(env, { auth, visitor, catalog, slices, body, request, nowMs: NOW_MS });
const { places } = JSON.parse(answer.bundle.signed) as DeviceBundle;
const decisions = decideOnDevice(places, NOW_MS, () => null).map((made) => ({
  placement: made.placement,
  campaign: made.chosen!.campaign.id,
  arm: made.chosen!.armId,
  leaves: leavesOf(made),
}));

const judge = async (other: { auth?: Partial<Auth>; nowMs?: number; visitor?: Visitor } = {}) => {
  const told = { body: { bundle: answer.bundle, decisions }, catalog, slices };
  const [one] = await judgeReport(env, {
    ...told,
    auth: { ...auth, ...other.auth },
    visitor: other.visitor ?? visitor,
    nowMs: other.nowMs ?? NOW_MS,
  });
  return one?.reason ?? one?.status;
};

describe('a report of a device', () => {
  test('is taken until an hour after its bundle has ended, and not a millisecond longer', async () => {
    const endsAtMs = NOW_MS + DEVICE_BUNDLE_LIFE_MS + DEVICE_REPORT_GRACE_MS;
    expect(await judge()).toBe('accepted');
    expect(await judge({ nowMs: endsAtMs - 1 })).toBe('accepted');
    expect(await judge({ nowMs: endsAtMs })).toBe('expired_bundle');
  });

  test('belongs to the workspace, the site and the customer of its bundle', async () => {
    expect(await judge({ auth: { workspaceId: 'other' } })).toBe('wrong_workspace');
    expect(await judge({ auth: { siteId: 'other' } })).toBe('wrong_site');
    expect(await judge({ visitor: { ...visitor, name: 'somebody-else' } as Visitor })).toBe('not_yours');
    expect(await judge({ visitor: { kind: 'none' } })).toBe('no_consent');
  });
});
