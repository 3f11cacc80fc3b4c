import { describe, expect, test } from 'vitest';
import type { ConditionDocument } from '../../../decisioning/catalog/configuration.ts';
import { openSlice } from '../../../decisioning/catalog/open.ts';
import type { RulesSlice, SliceCampaign } from '../../../decisioning/catalog/slice.ts';
import { type ConformanceCase, type ConformanceVectors, runCase } from '../../../decisioning/conformance/case.ts';
import vectorsFile from '../../../decisioning/conformance/vectors.json' with { type: 'json' };
import { buildPlace } from '../../../decisioning/device/build-place.ts';
import type { DeviceBundle } from '../../../decisioning/device/bundle.ts';
import { pathReadsOf } from '../../../decisioning/device/residual.ts';
import { conditionAttributes } from '../../../decisioning/request-attributes.ts';
import { isCounterPath, parseCondition, SEGMENT_LIMITS } from '../../../decisioning/segments/index.ts';
import { evidenceFrom } from '../../../decisioning/view.ts';
import * as absent from './absent.ts';

import { pageWith } from './testing/page.ts';

describe('the conformance vectors, as far as a page may decide them', () => {
  const vectors = vectorsFile as unknown as ConformanceVectors;

  const readsOf = (documents: readonly ConditionDocument[]) =>
    documents.flatMap((document) => {
      const parsed = parseCondition(document);
      return parsed.ok ? pathReadsOf(parsed.condition) : [];
    });

  /** A placement as it could be published for devices: what they cannot have is taken away, of its campaigns or with them. */
  function forDevices(rules: RulesSlice): RulesSlice {
    const segmentReads = readsOf(Object.values(rules.segments));
    const campaigns = rules.campaigns.flatMap((campaign): SliceCampaign[] => {
      const { needs: _n, exclusionGroups: _e, onlyAfter: _o, notWithin: _w, purpose: _p, ...rest } = campaign;
      const { strategies, scoring, steering, features, initialAllocation, condition, contexts } = campaign;
      if (strategies || scoring || steering || features || initialAllocation.stage || initialAllocation.linear)
        return [];
      const reads = [
        ...readsOf([condition ?? {}, ...contexts.map((one) => one.condition)]),
        ...(campaign.segment === null ? [] : segmentReads),
      ];
      if (reads.some(({ path, heavy }) => heavy.length > 0 || isCounterPath(path))) return [];
      return [{ ...rest, caps: [], holdout: 0, sticky: { mode: 'none' }, onDevice: true }];
    });
    const { quietHours: _, ...channel } = rules.channel;
    return {
      ...rules,
      channel: { ...channel, cap: null, requiresConsent: false },
      globalCap: null,
      globalHoldout: 0,
      fatigue: { ...rules.fatigue, weight: 0 },
      campaigns,
    };
  }

  const slices = Object.fromEntries(Object.entries(vectors.slices).map(([id, rules]) => [id, forDevices(rules)]));
  // Of a bundle, and in a request, a placement is one.
  const once = vectors.cases.filter(({ requests }) => {
    return new Set(requests.map(({ placement }) => placement)).size === requests.length;
  });
  const cases = once.map((one): ConformanceCase => {
    const past = { touches: [], assignments: {}, behaviour: [], outcomes: [] };
    return { ...one, customer: { ...one.customer, ...past } };
  });

  test.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const { customer, nowMs, switches } = one;
    const { geo, device, ...request } = customer.request;
    const own = { ...customer.traits, ...request };
    // What a customer lacks is declared all the same.
    const declared = Object.fromEntries(
      Object.entries({ plan: '', ...own }).map(([name, value]) => [
        name,
        { type: (Array.isArray(value) ? 'string_list' : typeof value) as 'string', source: 'device' as const },
      ]),
    );
    const facts = {
      evidence: evidenceFrom((id) => one.allocations[id]),
      killSwitch: switches.killSwitch,
      paused: new Set(switches.pausedCampaigns),
      attributes: conditionAttributes({
        traits: {},
        request: { geo, device },
        nowMs,
        timeZone: customer.timeZone ?? undefined,
        anonymous: true,
      }),
      declared,
      nowMs,
    };
    const reads: DeviceBundle['reads'][] = [];
    const places = one.requests.flatMap(({ placement, seed }) => {
      const rules = slices[placement];
      const built = rules && buildPlace({ ...facts, slice: openSlice(rules) });
      if (!built || 'reason' in built) return [];
      reads.push(built.reads);
      return [{ ...built.place, seed }];
    });
    // Under the kill switch, and of placements that nobody knows, pages get nothing and ask as ever.
    const expected = runCase({ ...vectors, slices }, one).filter((answer) =>
      places.some(({ placement }) => placement === answer.placement),
    );
    seen.decided += expected.filter(({ chosen }) => chosen).length;
    const bundle = { format: 1, nonce: 'n', issuedAtMs: nowMs, reads: Object.assign({}, ...reads), places };
    const contents = Object.fromEntries(places.map(({ placement }) => [placement, { default: null, arms: {} }]));
    const signed = { signed: JSON.stringify(bundle), signature: '' };
    const page = pageWith({ bundle: signed, contents, others: {}, customer: {}, lifeMs: 60_000 }, own);
    const placements = places.map(({ placement }) => placement);
    if (placements.length === 0) return;
    const decisions = await page.ask({ placements, consent: 'pending', context: { url: '', referrer: '' } });
    for (const [i, { placement, chosen }] of expected.entries()) {
      const { campaign, arm, propensity } = decisions[i]!;
      expect([decisions[i]!.placement, campaign, arm]).toEqual([placement, chosen?.campaignId, chosen?.armId]);
      expect(propensity).toEqual(
        chosen ? { campaign: chosen.propensityCampaign, arm: chosen.propensityArm } : undefined,
      );
    }
  });

  const seen = { decided: 0 };
  test('and most of them have something to decide', () => expect(seen.decided).toBeGreaterThan(40));
});

test('a limit that stands in the part once more is the one of conditions', () => {
  expect(absent.SEGMENT_LIMITS.textDepth).toBe(SEGMENT_LIMITS.textDepth);
});
