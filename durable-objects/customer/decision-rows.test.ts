/** What is stored of a decision and its receipt comes back as it was, whatever is left out of it. */
import { describe, expect, it } from 'vitest';
import type { Receipt } from '../../decisioning/receipt.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { type DecisionRow, NAMED_AT, packDecision, unpackDecision } from './decision-rows.ts';
import { packReceipt, unpackReceipt } from './receipt-rows.ts';

const AT_MS = 1_795_423_314_749;
const ID = 'cnaH7MZvqnAzcd1YANSaPQ.dWjI0l1U4RVql3RYAixoDA';

const record: DecisionRecord = {
  ...{ decisionId: ID, workspaceId: 'demo', siteId: 'shop', customer: 'cnaH7MZvqnAzcd1YANSaPQ' },
  ...{ bucketingId: 'cnaH7MZvqnAzcd1YANSaPQ', placement: 'hero', campaignId: 'spring', armId: 'b', leaf: 'rest' },
  ...{ goal: 'click', goalWindowMs: 86_400_000, channel: 'web', countsTowardGlobal: false, atMs: AT_MS },
  ...{ claimExpiresAtMs: AT_MS + 120_000, expiresAtMs: AT_MS + 86_400_000, propensityCampaign: 0.95 },
  ...{ propensityArm: 1 / 3, sticky: false, periodKey: ID, stickyUntilMs: AT_MS, shard: 3, measuresLift: false },
  revision: 7,
};
const fresh: DecisionRow = {
  ...{ record, requestId: 'r-1', exposedAtMs: null, late: false, isTrial: false, converted: false, outcomes: [] },
};
const outcome = { goal: 'click', atMs: AT_MS + 5, valueMinor: 0, orders: ['o1'] };
const reached = [{ atMs: AT_MS, goal: 'click', valueMinor: 5, orderId: 'o1', eventId: null }];

const ROWS: Record<string, DecisionRow> = {
  'that was just made': fresh,
  'of somebody whose bucketing id is another’s': { ...fresh, record: { ...record, bucketingId: 'device' } },
  'of a sticky period': {
    ...fresh,
    record: { ...record, sticky: true, periodKey: 'week:2900', stickyUntilMs: AT_MS + 604_800_000 },
  },
  'whose id does not begin with its customer': { ...fresh, record: { ...record, customer: 'cna', periodKey: 'x' } },
  'whose customer’s name is a part of the id’s': {
    ...fresh,
    record: { ...record, decisionId: 'cnaX.1', customer: 'cna' },
  },
  'that counts everywhere and measures lift': {
    ...fresh,
    record: {
      ...record,
      countsTowardGlobal: true,
      measuresLift: true,
      features: [1, 0.25],
      sendAtMs: AT_MS + 9,
      known: true,
    },
  } as unknown as DecisionRow,
  'that came late': { ...fresh, record: { ...record, claimExpiresAtMs: 0 } },
  'of which all became that can': {
    ...{ ...fresh, exposedAtMs: AT_MS + 4, dispatchedAtMs: AT_MS + 1, late: true, isTrial: true, converted: true },
    ...{
      outcomes: [outcome],
      claims: [{ ledger: 'pool:x', leaseId: 'l1', units: 3 }],
      claimedAs: `${ID}~k`,
      settled: 'post',
    },
    ...{ learning: { secondaryGoals: ['view'], delay: true, watch: true, momentsHours: 6 }, tally: { goals: {} } },
    ...{ models: { churn: { used: { version: 2, stage: 'live', missing: 1 } } }, ofNobody: true, untaught: true },
    ...{ out: { seq: 4, ackedSeq: 2, events: [] }, reached },
  } as unknown as DecisionRow,
};

describe('a row of a decision', () => {
  it.each(Object.entries(ROWS))('%s comes back as it was', (_, row) => {
    const { decisionId, atMs } = row.record;
    expect(unpackDecision(decisionId, atMs, packDecision(row))).toEqual(row);
    // As versions before wrote it.
    expect(unpackDecision(decisionId, atMs, JSON.stringify(row))).toEqual(row);
  });

  it('has what is named where databases are asked for it', () => {
    const row = { ...fresh, exposedAtMs: AT_MS + 4 };
    expect(JSON.parse(packDecision(row))[NAMED_AT]).toEqual({ exposedAtMs: AT_MS + 4 });
    expect(packDecision(row).length).toBeLessThan(JSON.stringify(row).length / 2);
  });
});

const receipt: Receipt = {
  ...{ format: 1, requestId: 'r-1', nowMs: AT_MS, revision: 7 },
  requests: [{ placement: 'hero', decisionId: ID, seed: 'b66a056c5deb7397efe9bed1e7a61a58' }],
  rules: { hero: '0f303eeecf2ccc65f490c86d5a5b74b71b9275067f34f8abe434da3831999da5' },
  ...{ switches: { killSwitch: false, pausedCampaigns: [] }, bucketingId: record.bucketingId, sessionKey: 'since:1' },
  ...{ reads: [], touches: { 'campaign:spring 604800000': 0 }, pressure: {}, assignments: {}, consents: { web: null } },
  expected: { 'spring rest 805e': { rate: 0.5, revenueMinor: 0, version: 1 } },
  probabilities: { 'spring rest 805e': [1 / 3, 1 / 3, 1 / 3] },
  chosen: { hero: { campaignId: 'spring', armId: 'b', propensityCampaign: 0.95, propensityArm: 1 / 3 } },
};
const [request] = receipt.requests as [Receipt['requests'][0]];

const RECEIPTS: Record<string, Receipt> = {
  'of one placement': receipt,
  'of a placement that the catalog did not know': { ...receipt, rules: {} },
  'of two placements': {
    ...receipt,
    requests: [request, { placement: 'side', decisionId: `${ID}2`, seed: '00' }],
    chosen: { ...receipt.chosen, side: null },
  },
  'of another placement’s rules': { ...receipt, rules: { side: '00' } },
  'that chose otherwise than its decision says': {
    ...receipt,
    chosen: { hero: { ...receipt.chosen.hero!, propensityArm: 0.5 } },
  },
  'of nothing chosen': { ...receipt, chosen: { hero: null } },
  'that names a placement which was not asked for': { ...receipt, chosen: { ...receipt.chosen, side: null } },
  'of another moment, revision, request and bucketing id': {
    ...receipt,
    ...{ nowMs: AT_MS + 1, revision: 8, requestId: 'r-2', bucketingId: 'device' },
  },
  'of a workspace that paused something': { ...receipt, switches: { killSwitch: false, pausedCampaigns: ['autumn'] } },
  'of a workspace that stopped everything': { ...receipt, switches: { killSwitch: true, pausedCampaigns: [] } },
  'with answers of every kind': {
    ...receipt,
    ...{ reads: [['geo.country', 'CH'], ['hoursSinceLast']], pressure: { '1 {}': 0.5 }, assignments: { spring: null } },
    ...{ standings: { 'spring a': {} }, purse: { 'pool:x': { units: 3, price: 1 } }, looked: {}, models: {} },
    ...{ estimates: {}, hybrid: {} },
  } as unknown as Receipt,
};

describe('a stored receipt', () => {
  it.each(Object.entries(RECEIPTS))('%s comes back as it was', (_, told) => {
    expect(unpackReceipt(packReceipt(told, fresh), fresh)).toEqual(told);
    // As versions before wrote it.
    expect(unpackReceipt(JSON.stringify(told), fresh)).toEqual(told);
  });

  it('is less than half as long as the whole', () => {
    expect(packReceipt(receipt, fresh).length).toBeLessThan(JSON.stringify(receipt).length / 2);
  });
});
