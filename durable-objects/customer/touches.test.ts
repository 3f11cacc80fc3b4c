/** Caps and sessions of customers with a long past: counted where it lies, they say what the whole list says. */
import { describe, expect, it } from 'vitest';
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import { type CapScope, countTouches } from '../../decisioning/limits/touches.ts';
import { type Random, seededRandom } from '../../decisioning/random.ts';
import { isOpen } from './claims.ts';
import { SESSION_IDLE_MS } from './limits.ts';
import type { StoredDecision } from './protocol.ts';
import { type CustomerState, emptyState, sessionKeyOf } from './state.ts';
import { TouchCounts } from './touch-counts.ts';
import { capCounter, touchesOf } from './touches.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = 1_000 * HOUR_MS;
const HISTORIES = 200;
const below = (random: Random, limit: number): number => Math.floor(random.next() * limit);

function stateOf(random: Random, isInOrder: boolean): CustomerState {
  const state = emptyState();
  let atMs = NOW_MS - below(random, 60) * HOUR_MS;
  for (let i = below(random, 12); i > 0; i -= 1) {
    // Some are of a moment after: another client's time was ahead.
    atMs = isInOrder ? atMs + below(random, 2 * SESSION_IDLE_MS) : NOW_MS + 600_000 - below(random, 4 * HOUR_MS);
    const seen = below(random, 3);
    const decision = {
      record: {
        ...{ decisionId: `d${i}`, campaignId: `c${below(random, 3)}`, channel: below(random, 2) ? 'web' : 'email' },
        ...{ countsTowardGlobal: below(random, 2) === 1, atMs, armId: below(random, 5) ? 'a' : HOLDOUT_ARM },
        claimExpiresAtMs: atMs + below(random, 2 * HOUR_MS),
        stickyUntilMs: atMs,
      },
      exposedAtMs: seen === 0 ? null : atMs + 1_000,
      ...(seen === 2 && { dispatchedAtMs: atMs - 1_000 }),
      ...(below(random, 3) === 0 && { claims: [{ ledger: 'l', leaseId: '1', units: 1 }] }),
    };
    state.decisions.set(`d${i}`, decision as unknown as StoredDecision);
  }
  for (let i = below(random, 4); i > 0; i -= 1) {
    const past = { campaignId: `c${i}`, channel: 'web', countsTowardGlobal: i === 1, day: i, count: i + 1 };
    state.pastTouches.set(`${i}`, { ...past, atMs: NOW_MS - below(random, 90) * HOUR_MS });
  }
  return state;
}

const SCOPES: CapScope[] = [
  ...['c0', 'c1', 'c2', 'c9'].map((id) => ({ kind: 'campaign' as const, id })),
  { kind: 'channel', id: 'web' },
  { kind: 'channel', id: 'email' },
  { kind: 'global' },
];

describe('touches', () => {
  it('count for every cap what the list of all says, however often they are asked', () => {
    const random = seededRandom('70'.repeat(16));
    for (let i = 0; i < HISTORIES; i += 1) {
      const state = stateOf(random, i % 2 === 0);
      const count = capCounter(state, NOW_MS);
      for (const hours of [1, 24, 2_000])
        for (const scope of SCOPES)
          expect(count(scope, hours * HOUR_MS)).toBe(countTouches(touchesOf(state), scope, hours * HOUR_MS, NOW_MS));
    }
  });

  it('are counted the same after decisions were seen, forgotten, and made anew under their ids', () => {
    const random = seededRandom('f3'.repeat(16));
    for (let i = 0; i < HISTORIES; i += 1) {
      const state = stateOf(random, true);
      for (let step = 0; step < 8; step += 1) changeOne(random, state);
      const count = capCounter(state, NOW_MS);
      for (const scope of SCOPES)
        expect(count(scope, 24 * HOUR_MS)).toBe(countTouches(touchesOf(state), scope, 24 * HOUR_MS, NOW_MS));
      expect(sessionKeyOf(state, undefined, NOW_MS)).toBe(sessionBackwards(state));
      const { decisions } = state;
      expect([...decisions.open.keys()].sort()).toEqual(
        [...decisions].flatMap(([id, decision]) => (isOpen(decision) ? [id] : [])).sort(),
      );
      for (const campaignId of ['c0', 'c1', 'c2']) {
        const alive = [...decisions.values()].filter(
          ({ record }) => record.campaignId === campaignId && record.stickyUntilMs > NOW_MS,
        );
        expect([...decisions.assignedIn(campaignId, NOW_MS)]).toEqual(expect.arrayContaining(alive));
      }
    }
  });

  it('of campaigns that are over hold no room: neither of those who saw them nor of the held-out', () => {
    const counts = new TouchCounts();
    const random = seededRandom('c0'.repeat(16));
    const all = Array.from({ length: HISTORIES }, () => [...stateOf(random, true).decisions.values()]).flat();
    for (const [i, decision] of all.entries()) counts.put(`d${i}`, decision);
    expect(counts.groups).toBeGreaterThan(0);
    for (const [i, decision] of all.entries()) counts.drop(`d${i}`, decision);
    expect(counts.groups).toBe(0);
    expect(counts.count({ kind: 'global' }, 2_000 * HOUR_MS, NOW_MS)).toBe(0);
  });
});

/** What a customer's next call may do to one decision. */
function changeOne(random: Random, { decisions }: CustomerState): void {
  const [id, decision] = [...decisions][below(random, decisions.size)] ?? [];
  if (id === undefined || !decision) return;
  const { record } = decision;
  const [chance, atMs] = [below(random, 5), NOW_MS - below(random, 30) * HOUR_MS];
  if (chance === 0) decisions.delete(id);
  else if (chance === 1) decisions.set(id, { ...decision, exposedAtMs: atMs });
  else if (chance === 2) decisions.set(id, { ...decision, settled: 'void' });
  else if (chance === 3) decisions.set(id, { ...decision, record: { ...record, atMs, campaignId: 'c0' } });
  else decisions.set(`${id}+`, { ...decision, record: { ...record, atMs, stickyUntilMs: atMs + 48 * HOUR_MS } });
}

/** From the end, newest first: the words of what a session is. */
function sessionBackwards(state: CustomerState): string {
  let startMs = NOW_MS;
  const times = [...state.decisions.values()].map(({ record }) => record.atMs);
  for (const atMs of times.toSorted((a, b) => b - a)) {
    if (startMs - atMs > SESSION_IDLE_MS) break;
    startMs = Math.min(startMs, atMs);
  }
  return `since:${startMs}`;
}

describe('a session that no client names', () => {
  it.each([true, false])('began after the last pause, with decisions in order: %s', (isInOrder) => {
    const random = seededRandom((isInOrder ? '5e' : '0d').repeat(16));
    const starts = new Set<string>();
    for (let i = 0; i < HISTORIES; i += 1) {
      const state = stateOf(random, isInOrder);
      expect(sessionKeyOf(state, undefined, NOW_MS)).toBe(sessionBackwards(state));
      starts.add(sessionBackwards(state));
    }
    expect(starts.size).toBeGreaterThan(5);
  });

  it('begins now for somebody who was never here, and has the client’s name where it has one', () => {
    expect(sessionKeyOf(emptyState(), undefined, NOW_MS)).toBe(`since:${NOW_MS}`);
    expect(sessionKeyOf(emptyState(), 'tab', NOW_MS)).toBe('tab');
  });
});
