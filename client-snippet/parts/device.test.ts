import { describe, expect, test } from 'vitest';
import type { CampaignConfiguration, ConditionDocument } from '../../decisioning/catalog/configuration.ts';
import { decide } from '../../decisioning/decide.ts';
import { deviceResolver } from '../../decisioning/device/attributes.ts';
import { buildPlace } from '../../decisioning/device/build-place.ts';
import { type DeviceBundle, fitsType } from '../../decisioning/device/bundle.ts';
import { decideAgain, type ReportedDecision } from '../../decisioning/device/decide-again.ts';
import { pageFacts } from '../../decisioning/page-facts.ts';
import type { Random } from '../../decisioning/random.ts';
import { conditionAttributes } from '../../decisioning/request-attributes.ts';
import { attributeResolver } from '../../decisioning/segments/index.ts';
import {
  armOf,
  campaignOf,
  catalogOf,
  configurationOf,
  ranked,
  settingsOf,
  slicesOf,
} from '../../decisioning/testing/configuration.ts';
import { scoredPlace } from '../../decisioning/testing/scored-place.ts';
import { nextSeed, pick, testRandom } from '../../decisioning/testing/seeds.ts';
import { evidenceFrom } from '../../decisioning/view.ts';
import type { Decision } from '../lib/wire.ts';

import { pageWith } from './device/testing/page.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 12);

describe('a thousand contexts of two hundred random catalogs', () => {
  const ATTRIBUTES = [
    { id: 'plan', type: 'string', source: 'any' },
    { id: 'tags', type: 'string_list', source: 'any' },
    { id: 'age', type: 'number', source: 'device' },
    { id: 'taste.colour', type: 'string', source: 'device' },
  ] as const;

  function conditionOf(random: Random, depth = 2): ConditionDocument {
    const leaves: (() => ConditionDocument)[] = [
      () => ({ age: { $gte: Math.floor(random.next() * 60) } }),
      () => ({ age: { $lt: 40, $exists: true } }),
      () => ({ 'taste.colour': { $in: ['red', 'blue'] } }),
      () => ({ plan: pick(random, ['gold', 'free']) }),
      () => ({ plan: { $not: { $ne: 'gold' } } }),
      () => ({ tags: { $size: { $gt: 1 } } }),
      () => ({ tags: { $ini: ['Sale', 'new'] } }),
      () => ({ 'page.path': { $in: ['/', '/shop'] } }),
      () => ({ 'page.utm_campaign': 'spring', 'page.language': 'de-DE' }),
      () => ({ 'page.referrerHost': { $type: 'string' } }),
      () => ({ 'time.hour': { $lt: 24 }, 'customer.anonymous': random.next() < 0.9 }),
      () => ({ $inSegment: pick(random, ['young', 'shoppers']) }),
    ];
    if (depth === 0 || random.next() < 0.5) return pick(random, leaves)();
    const some = [conditionOf(random, depth - 1), conditionOf(random, depth - 1)];
    return pick(random, [{ $or: some }, { $and: some }, { $nor: some }, { $not: some[0]! }]);
  }

  function campaign(random: Random, id: string): CampaignConfiguration {
    const arms = ['a', 'b', 'c'].map((arm) => armOf(arm));
    const weights = { a: random.next() + 0.01, b: pick(random, [0, 1, random.next()]), c: pick(random, [0, 1, 2]) };
    return campaignOf(id, {
      onDevice: true,
      objective: ranked(pick(random, [0, 0, 1, random.next()])),
      placements: pick(random, [['hero'], ['side'], ['hero', 'side']]),
      audience: random.next() < 0.3 ? {} : { condition: conditionOf(random) },
      strategy: { policy: 'fixed_split', weights, minExploration: pick(random, [0, 0.1]) },
      contexts: ['x', 'y']
        .slice(0, Math.floor(random.next() * 3))
        .map((leaf) => ({ id: leaf, condition: conditionOf(random) })),
      arms,
    });
  }

  function publishedBy(random: Random) {
    const configuration = configurationOf(
      ['c1', 'c2', 'c3', 'c4'].map((id) => campaign(random, id)),
      {
        attributes: [...ATTRIBUTES],
        segments: [
          { id: 'young', name: 'Young', condition: { age: { $lt: 30 } } },
          { id: 'shoppers', name: 'Shoppers', condition: { $or: [{ 'page.path': '/shop' }, { $inSegment: 'young' }] } },
        ],
        settings: settingsOf({ arbitration: { exploration: pick(random, [0, 0.3]) } }),
      },
    );
    return { declared: catalogOf(configuration).directory.attributes, ...slicesOf(configuration) };
  }

  /** What the edge knows of a request without its page. */
  const FIXED = {
    traits: {},
    request: { page: { language: 'de-DE' }, geo: { country: 'DE' } },
    nowMs: NOW_MS,
    timeZone: undefined,
    anonymous: true,
  };

  function bundleOf(random: Random, { sliceOf, declared }: ReturnType<typeof publishedBy>): DeviceBundle {
    const facts = {
      evidence: evidenceFrom(() => undefined),
      killSwitch: false,
      paused: new Set<string>(),
      attributes: conditionAttributes(FIXED),
      declared,
      nowMs: NOW_MS,
    };
    const built = ['hero', 'side'].map((placement) => buildPlace({ ...facts, slice: sliceOf(placement)! }));
    const places = built.map((one) => {
      if ('reason' in one) throw new Error(one.reason);
      return { ...one.place, seed: nextSeed(random).slice(0, 32) };
    });
    const reads = Object.assign({}, ...built.map((one) => ('reads' in one ? one.reads : {})));
    const ids = { format: 1, nonce: 'n', workspaceId: 'w', siteId: 's', customer: 'somebody' } as const;
    // As it comes to the page, and back to the edge.
    return JSON.parse(JSON.stringify({ ...ids, issuedAtMs: NOW_MS, reads, places }));
  }

  const answerWith = (bundle: DeviceBundle) => ({
    bundle: { signed: JSON.stringify(bundle), signature: 'k1.x' },
    contents: Object.fromEntries(bundle.places.map(({ placement }) => [placement, { default: null, arms: {} }])),
    customer: {},
    others: {},
    lifeMs: 60_000,
  });

  interface Context {
    readonly url: string;
    readonly referrer: string;
    readonly attributes: Record<string, unknown>;
  }

  type Short = (string | number | undefined)[];
  const shortOf = ({ placement, campaign: id, arm, propensity }: Decision): Short =>
    id ? [placement, id, arm, propensity?.campaign, propensity?.arm] : [placement];

  const page = (context: Context) => pageFacts((text) => (URL.canParse(text) ? new URL(text) : undefined), context);

  /** What `decide()` makes of the published slices themselves, if it is told everything, with the draws of the bundle. */
  function decideAtOnce(
    { sliceOf, declared }: ReturnType<typeof publishedBy>,
    { places }: DeviceBundle,
    placements: readonly string[],
    context: Context,
    own: Record<string, unknown>,
  ): Short[] {
    const isTold = (name: string, value: unknown, source: string) =>
      declared[name]?.source === source && fitsType(declared[name].type, value);
    const told = Object.entries(context.attributes).filter(([name, value]) => isTold(name, value, 'any'));
    const kept = Object.entries(own).filter(([name, value]) => isTold(name, value, 'device'));
    const facts = { ...FIXED.request, page: { ...FIXED.request.page, ...page(context) } };
    const attributes = conditionAttributes({
      ...FIXED,
      request: { ...facts, ...Object.fromEntries([...told, ...kept]) },
    });
    const made = decide({
      requests: placements.map((placement) => ({
        placement,
        decisionId: placement,
        seed: places.find((place) => place.placement === placement)!.seed,
      })),
      sliceOf,
      evidence: evidenceFrom(() => undefined),
      switches: { killSwitch: false, pausedCampaigns: [] },
      customer: {
        bucketingId: '',
        sessionKey: '',
        resolve: attributeResolver(attributes),
        touches: () => 0,
        pressure: () => 0,
        assignment: () => undefined,
        consents: () => undefined,
      },
      nowMs: NOW_MS,
    });
    return made.map(({ placement, chosen }) =>
      chosen
        ? [placement, chosen.campaign.id, chosen.armId, chosen.propensityCampaign, chosen.propensityArm]
        : [placement],
    );
  }

  const CONTEXTS = {
    url: ['/', '/shop', '/x?utm_campaign=spring'].map((path) => `https://shop.example${path}`),
    referrer: ['', 'https://search.example/q'],
    attributes: [{}, { plan: 'gold', tags: ['SALE', 'old'] }, { plan: 7, age: 99 }],
  };

  test('are decided on the page as at the edge: the same to the bit, and no report of anything else is taken', async () => {
    const random = testRandom(20_261_122);
    const seen = { chosen: 0, defaults: 0, leaves: new Set<string>() };
    for (let round = 0; round < 200; round += 1) {
      const published = publishedBy(random);
      const bundle = bundleOf(random, published);
      for (let turn = 0; turn < 5; turn += 1) {
        const own = pick(random, [{}, { age: Math.floor(random.next() * 80) }, { age: 'old', 'taste.colour': 'red' }]);
        const { ask, reports } = pageWith(answerWith(bundle), own);
        const placements = pick(random, [['hero', 'side'], ['side', 'hero'], ['hero']]);
        const context: Context = {
          url: pick(random, CONTEXTS.url),
          referrer: pick(random, CONTEXTS.referrer),
          attributes: pick<Record<string, unknown>>(random, CONTEXTS.attributes),
        };
        const decisions = await ask({ placements, consent: 'granted', context });
        expect(decisions.map(shortOf)).toEqual(decideAtOnce(published, bundle, placements, context, own));
        const chosen = decisions.filter(({ campaign: id }) => id);
        seen.chosen += chosen.length;
        seen.defaults += decisions.length - chosen.length;
        expect(reports).toHaveLength(chosen[0] ? 1 : 0);
        if (!chosen[0]) continue;
        const [report] = reports;
        const { bundle: _signed, ...said } = report;
        expect(Object.keys(said.context.attributes)).toEqual(Object.keys(context.attributes));
        expect(JSON.stringify(said)).not.toMatch(/colour|red/);
        const known = deviceResolver(bundle.reads, page(report.context), report.context.attributes);
        const judge = (told: ReportedDecision[]) =>
          decideAgain(bundle, told, known).map((one) => ('refused' in one ? one.refused : 'accepted'));
        expect(judge(report.decisions)).toEqual(placements.map(() => 'accepted'));
        for (const [i, one] of (report.decisions as ReportedDecision[]).entries()) {
          if (!one.campaign) continue;
          const forged = { ...one, arm: one.arm === 'a' ? 'b' : 'a' };
          expect(judge(report.decisions.toSpliced(i, 1, forged))[i]).toBe('another_choice');
          for (const leaf of Object.values(one.leaves)) seen.leaves.add(leaf);
        }
      }
    }
    // That it was worth a thousand.
    expect(seen.chosen).toBeGreaterThan(500);
    expect(seen.defaults).toBeGreaterThan(50);
    expect([...seen.leaves].sort()).toEqual(['rest', 'x', 'y']);
  }, 60_000);
});

describe('scores among attributes that stay on the page', () => {
  const signed = {
    nonce: 'n',
    issuedAtMs: NOW_MS,
    reads: { 'models.m.p': { type: 'number', own: true } },
    places: [scoredPlace('models.m.p', 0.5)],
  };
  const answer = {
    bundle: { signed: JSON.stringify(signed), signature: 'k1.x' },
    contents: { hero: { default: null, arms: {} } },
    customer: {},
    others: {},
    lifeMs: 60_000,
  };
  const context = { url: 'https://shop.example/', referrer: '' };

  test.each([
    ['reset', undefined, 'b'],
    ['consent', 'denied', 'b'],
    ['consent', 'granted', 'a'],
  ])('are the visitor’s before: %s %s', async (command, word, then) => {
    const { ask, commands } = pageWith(answer, { 'models.m.p': 0.9 });
    const decide = async () => (await ask({ placements: ['hero'], consent: 'granted', context }))[0]?.arm;
    expect(await decide()).toBe('a');
    commands[command]!(word);
    expect(await decide()).toBe(then);
  });
});
