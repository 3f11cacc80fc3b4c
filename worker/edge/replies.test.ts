/** What counts as an answer of a customer's object. */
import { describe, expect, it } from 'vitest';
import type { DecidedPlacement } from '../../durable-objects/customer/protocol.ts';
import { decisionsOf, resultsOf } from './replies.ts';

const RECORD = {
  ...{ decisionId: 'd', workspaceId: 'w', siteId: 's', customer: 'c', bucketingId: 'b', placement: 'hero' },
  ...{ campaignId: 'x', armId: 'a', leaf: 'rest', goal: 'click', goalWindowMs: 1, channel: 'web' },
  ...{ countsTowardGlobal: false, atMs: 1, claimExpiresAtMs: 2, expiresAtMs: 3, stickyUntilMs: 1 },
  ...{ propensityCampaign: 1, propensityArm: 0.5, sticky: false, periodKey: 'd', shard: 0, measuresLift: false },
  revision: 1,
};
const CLAIM = { decisionId: 'd', ledger: 'pool:p', leaseId: 'l', units: 2 };
const decided = (more: object = {}) => ({
  ...{ placement: 'hero', decisionId: 'd', record: RECORD, refusals: { capped: 2 }, claims: [CLAIM] },
  ...more,
});
const asked = [{ placement: 'hero', decisionId: 'd' }];
const read = (decisions: unknown): readonly DecidedPlacement[] => decisionsOf(decisions, asked);

describe('the decisions of a customer’s object', () => {
  it('are taken as they are: with a record, without one, with fields that this version does not know', () => {
    for (const one of [decided(), decided({ record: null, refusals: {}, claims: undefined }), decided({ more: 1 })])
      expect(read([one])).toEqual([one]);
    expect(() => read([decided({ record: { ...RECORD, propensityArm: 1 + 1e-12, more: 1 } })])).not.toThrow();
  });

  const wrong = (record: object, field: string, value: unknown) => ({ ...record, [field]: value });
  const texts = ['decisionId', 'workspaceId', 'siteId', 'customer', 'bucketingId', 'placement', 'campaignId', 'armId'];
  const numbers = ['atMs', 'claimExpiresAtMs', 'expiresAtMs', 'stickyUntilMs', 'shard'];
  const hostile: [string, unknown][] = [
    ...[...texts, 'leaf', 'channel', 'periodKey', 'sticky', ...numbers].map((field): [string, unknown] => [
      `record.${field} missing`,
      decided({ record: wrong(RECORD, field, undefined) }),
    ]),
    ...numbers.map((field): [string, unknown] => [
      `record.${field} not finite`,
      decided({ record: wrong(RECORD, field, Number.NaN) }),
    ]),
    ...['propensityCampaign', 'propensityArm'].flatMap((field) =>
      [-0.1, 1.1, Number.NaN, '1', undefined].map((value): [string, unknown] => [
        `record.${field} ${value}`,
        decided({ record: wrong(RECORD, field, value) }),
      ]),
    ),
    ['a shard between two', decided({ record: wrong(RECORD, 'shard', 0.5) })],
    ['a shard below zero', decided({ record: wrong(RECORD, 'shard', -1) })],
    ['no record at all', decided({ record: undefined })],
    ['a list for a record', decided({ record: [] })],
    ['refusals that are no counts', decided({ refusals: { capped: 'two' } })],
    ['no refusals', decided({ refusals: undefined })],
    ['a list for refusals', decided({ refusals: [] })],
    ['claims that are no list', decided({ claims: {} })],
    ['a claim without a lease', decided({ claims: [{ ...CLAIM, leaseId: undefined }] })],
    ['a claim of half a unit', decided({ claims: [{ ...CLAIM, units: 0.5 }] })],
    ['no decision id', decided({ decisionId: 1 })],
    ['nothing', null],
    ['another placement', decided({ placement: 'other' })],
  ];

  it.each(hostile)('are unavailable with %s', (_name, one) => {
    expect(() => read([one])).toThrow(expect.objectContaining({ name: 'Unavailable' }));
  });

  it('are unavailable when they are none, too few or too many', () => {
    for (const all of [undefined, {}, [], [decided(), decided()]]) expect(() => read(all)).toThrow();
  });
});

describe('what became of events', () => {
  const items = [{ index: 0 }, { index: 3 }];
  const right = [
    { index: 3, status: 'rejected', reason: 'expired_token' },
    { index: 0, status: 'accepted' },
  ];

  it('of every item is what became of it, in whatever order', () => {
    expect(resultsOf(right, items)).toBe(right);
    expect(resultsOf([], [])).toEqual([]);
  });

  it.each([
    ['nothing', undefined],
    ['no list', { 0: right[0], 1: right[1], length: 2 }],
    ['one too few', right.slice(1)],
    ['one too many', [...right, { index: 1, status: 'accepted' }]],
    ['one twice', [right[1], right[1]]],
    ['of an item that was not sent', [right[0], { index: 1, status: 'accepted' }]],
    ['without an index', [right[0], { status: 'accepted' }]],
    ['of half an item', [right[0], { index: 0.5, status: 'accepted' }]],
    ['of a status that nobody knows', [right[0], { index: 0, status: 'taken' }]],
    ['with a reason that is no text', [right[0], { index: 0, status: 'rejected', reason: 7 }]],
    ['null', [right[0], null]],
  ])('%s is no answer', (_, results) => {
    expect(() => resultsOf(results, items)).toThrow('customer');
  });
});
