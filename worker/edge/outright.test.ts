/** What an isolate decides by itself: the same as the customer's object, or nothing. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { CampaignConfiguration } from '../../decisioning/catalog/configuration.ts';
import { campaignOf, configurationOf, DAY_MS, slicesOf } from '../../decisioning/testing/configuration.ts';
import { evidenceFrom } from '../../decisioning/view.ts';
import type { DecideCall, Standing } from '../../durable-objects/customer/protocol.ts';
import { emptyState } from '../../durable-objects/customer/state.ts';
import { viewOf } from '../../durable-objects/customer/view.ts';
import { decideOutright, Stranger } from './outright.ts';
import {
  forgetAllStandings,
  forgetStanding,
  forgetStandings,
  MAX_STANDINGS,
  recentStanding,
  rememberStanding,
  STANDING_MS,
} from './standings.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 9, 30);
const STANDING: Standing = { bucketingId: 'ann', consent: { channels: {}, purposes: {} } };

const callOf = (more: Partial<DecideCall> = {}): DecideCall => ({
  ...{ workspaceId: 'w', name: 'ann', anonymous: false, siteId: 's', receivedAtMs: NOW_MS, requestId: 'r' },
  ...{ repeatable: true, rules: {}, revision: 1, catalogSeq: 1, attributes: { plan: 'gold', geo: { country: 'DE' } } },
  requests: [{ placement: 'hero', decisionId: 'ann.1', seed: '5'.repeat(64) }],
  switches: { killSwitch: false, pausedCampaigns: [] },
  ...more,
});

function decided(campaign: Partial<CampaignConfiguration>, standing = STANDING, call = callOf()) {
  const { sliceOf } = slicesOf(
    configurationOf([campaignOf('c', campaign), campaignOf('d', { placements: ['side'] })], {
      attributes: ['plan', 'mood'].map((id) => ({ id, type: 'string', source: 'any' })),
    }),
  );
  const shared = { sliceOf, evidence: evidenceFrom(() => undefined) };
  return decideOutright({ ...call, request: call }, shared, standing)?.map(({ record }) => record?.campaignId ?? null);
}
const audience = (condition: object) => ({ audience: { condition: condition as never } });

describe('an isolate decides by itself', () => {
  it.each<[string, object]>([
    ['for everyone', {}],
    ['by what the request says', { plan: 'gold' }],
    ['by where it comes from', { 'geo.country': 'DE' }],
    ['by a fact that the request lacks', { 'geo.region': { $exists: false } }],
    ['by the hour', { 'time.hour': 9 }],
    ['by who is anonymous', { 'customer.anonymous': false }],
  ])('%s', (_, condition) => {
    expect(decided(audience(condition))).toEqual(['c']);
  });

  it('by the hour where the customer lives', () => {
    expect(decided(audience({ 'time.hour': 18 }), { ...STANDING, timeZone: 'Asia/Tokyo' })).toEqual(['c']);
  });

  it('nothing against a no', () => {
    const said = (consent: object) => decided({}, { ...STANDING, consent: { ...STANDING.consent, ...consent } });
    expect(said({ channels: { web: false } })).toEqual([null]);
    expect(said({ purposes: { personalization: false } })).toEqual([null]);
    expect(said({ told: { personalization: false } })).toEqual([null]);
  });

  it('with a token that says whose object it may bring to life', () => {
    const { sliceOf } = slicesOf(configurationOf([campaignOf('c')]));
    const shared = { sliceOf, evidence: evidenceFrom(() => undefined) };
    const [known] = decideOutright({ ...callOf(), request: callOf() }, shared, STANDING)!;
    const [anonymous] = decideOutright({ ...callOf({ anonymous: true }), request: callOf() }, shared, STANDING)!;
    expect([known!.record!.known, anonymous!.record!.known]).toEqual([true, undefined]);
  });
});

describe('an isolate reads', () => {
  /** Whether the request's attributes were read. */
  function reads(campaign: Partial<CampaignConfiguration>): boolean {
    let isRead = false;
    const { sliceOf } = slicesOf(configurationOf([campaignOf('c', campaign)]));
    const { attributes } = callOf();
    const request = {
      get attributes() {
        isRead = true;
        return attributes;
      },
    };
    decideOutright({ ...callOf(), request }, { sliceOf, evidence: evidenceFrom(() => undefined) }, STANDING);
    return isRead;
  }

  it('what a request says of itself only where a condition asks for it', () => {
    expect(reads({})).toBe(false);
    expect(reads(audience({ 'geo.country': 'DE' }))).toBe(true);
  });
});

describe('it leaves to the object', () => {
  it.each<[string, Partial<CampaignConfiguration>]>([
    ['a trait', audience({ mood: 'good' })],
    ['what a trait may say besides the request', audience({ 'plan.name': 'gold' })],
    ['a counter', audience({ 'outcomes.click.count.7d': 0 })],
    ['a campaign that must come first', { onlyAfter: [{ campaign: 'd', withinMs: DAY_MS }] }],
    ['a distance to another campaign', { notWithin: [{ campaign: 'd', days: 3 }] }],
    ['a cap', { caps: [{ max: 1, windowMs: DAY_MS }] }],
    ['an arm that is kept', { sticky: { mode: 'days', days: 1 } }],
    ['a session', { sticky: { mode: 'session' } }],
    ['a holdout', { holdout: 0.5 }],
  ])('%s', (_, campaign) => {
    expect(decided(campaign)).toBeUndefined();
  });

  it('and sees what the object sees wherever it answers', () => {
    const call = callOf();
    const stranger = new Stranger({ ...call, request: call }, STANDING, NOW_MS);
    const inTheObject = viewOf(emptyState(), call, NOW_MS);
    for (const path of ['plan', 'geo', 'geo.country', 'geo.city', 'device.type', 'page.path', 'time', 'time.minute'])
      expect(stranger.resolve(path), path).toEqual(inTheObject.resolve(path));
    expect(stranger.consents('web')).toBe(inTheObject.consents('web'));
    expect(stranger.asked).toBe(false);
    stranger.resolve('__proto__');
    expect(stranger.asked).toBe(true);
  });
});

describe('what an object told of consent', () => {
  beforeEach(forgetStandings);

  it('is gone by for five seconds from when it was asked', () => {
    rememberStanding('ann', STANDING, NOW_MS);
    expect(recentStanding('ann', NOW_MS + STANDING_MS - 1)).toBe(STANDING);
    expect(recentStanding('ann', NOW_MS + STANDING_MS)).toBeUndefined();
    expect(recentStanding('bob', NOW_MS)).toBeUndefined();
  });

  it('is dropped with a change, and so is an answer that was asked for before it', () => {
    rememberStanding('ann', STANDING, Date.now());
    forgetStanding('ann');
    expect(recentStanding('ann', Date.now())).toBeUndefined();
    rememberStanding('ann', STANDING, Date.now() - 1);
    expect(recentStanding('ann', Date.now())).toBeUndefined();
    rememberStanding('ann', STANDING, Date.now() + 1);
    expect(recentStanding('ann', Date.now())).toBe(STANDING);
  });

  it('is dropped of everybody with a change that says not whose', () => {
    rememberStanding('ann', STANDING, Date.now());
    forgetAllStandings();
    rememberStanding('bob', STANDING, Date.now());
    expect([recentStanding('ann', Date.now()), recentStanding('bob', Date.now())]).toEqual([undefined, undefined]);
    rememberStanding('bob', STANDING, Date.now() + 1);
    expect(recentStanding('bob', Date.now())).toBe(STANDING);
  });

  it('is remembered of so many, the oldest go', () => {
    for (let i = 0; i <= MAX_STANDINGS; i += 1) rememberStanding(`c${i}`, STANDING, NOW_MS);
    expect([recentStanding('c0', NOW_MS), recentStanding('c1', NOW_MS)]).toEqual([undefined, STANDING]);
  });
});
