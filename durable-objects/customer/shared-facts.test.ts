/** What an isolate has been handed: asked for when it lacks it, never older than what the caller knows. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import type { DecideCall } from './protocol.ts';
import { forgetSharedFacts, MAX_SLICES, sharedFacts } from './shared-facts.ts';
import { customerOf, decideCallOf, START_MS, worldOf } from './testing/fixtures.ts';

const world = worldOf('shared-facts', configurationOf([campaignOf('c')]));
const ann = customerOf(world, 'ann');
const {
  slices: bodies,
  allocations,
  ...bare
} = decideCallOf(world, ann.facts(START_MS), 'r', { placements: ['hero', 'side'] });
const call: DecideCall = bare;
const full: DecideCall = { ...call, slices: bodies!, allocations: allocations! };
const hashes = Object.values(call.rules);

beforeEach(forgetSharedFacts);

/** An allocation that gives arm `a` everything, at some sequence number of the publisher. */
function allocated(seq: number, first: number): NonNullable<DecideCall['allocations']> {
  const { initialAllocation } = world.slices.hero!.campaigns[0]!;
  const leaves = Object.fromEntries(
    Object.entries(initialAllocation.leaves).map(([leaf, found]) => [
      leaf,
      { ...found, probabilities: [first, 1 - first] },
    ]),
  );
  return { seq, items: [{ ...initialAllocation, version: seq, leaves } as Allocation] };
}

function shareOfA(facts: ReturnType<typeof sharedFacts>): number {
  if ('outcome' in facts) throw new Error('facts are missing');
  const slice = facts.sliceOf('hero')!;
  return facts.evidence.probabilities(slice.campaigns[0]!.rules, 'rest')[0]!;
}

describe('a new isolate', () => {
  it('asks for everything, takes it, and has it from then on', () => {
    expect(sharedFacts(call)).toEqual({ outcome: 'needs', slices: hashes, allocations: true });
    expect(sharedFacts(full)).toHaveProperty('evidence');
    expect(sharedFacts(call)).toHaveProperty('evidence');
  });

  it('asks for what it lacks only', () => {
    sharedFacts(full);
    const more = { ...call, rules: { ...call.rules, extra: 'new' } };
    expect(sharedFacts(more)).toEqual({ outcome: 'needs', slices: ['new'], allocations: false });
  });
});

describe('allocations', () => {
  it('newer than the isolate’s are asked for', () => {
    sharedFacts({ ...full, allocations: allocated(1, 0.9) });
    expect(sharedFacts({ ...call, catalogSeq: 2 })).toEqual({ outcome: 'needs', slices: [], allocations: true });
    expect(shareOfA(sharedFacts({ ...call, catalogSeq: 2, allocations: allocated(2, 0.2) }))).toBe(0.2);
  });

  it('newer than the caller’s are used, and an older hand-over does not replace them', () => {
    sharedFacts({ ...full, allocations: allocated(5, 0.7) });
    expect(shareOfA(sharedFacts({ ...call, catalogSeq: 3 }))).toBe(0.7);
    expect(shareOfA(sharedFacts({ ...call, catalogSeq: 3, allocations: allocated(3, 0.1) }))).toBe(0.7);
  });

  it('of one workspace are not another’s', () => {
    sharedFacts({ ...full, allocations: allocated(5, 0.7) });
    expect(sharedFacts({ ...call, workspaceId: 'other' })).toMatchObject({ outcome: 'needs', allocations: true });
  });
});

describe('a full isolate', () => {
  it('makes room among what the call does not need: what was handed over is enough', () => {
    const [hero, ...side] = full.slices!;
    const body = hero!.body;
    // The oldest of a full map is one of the two that the call needs.
    sharedFacts({ ...call, slices: [hero!], allocations: allocated(1, 0.5) });
    for (let i = 0; i < MAX_SLICES - 1; i += 1)
      sharedFacts({ ...call, rules: { p: `filler-${i}` }, slices: [{ hash: `filler-${i}`, body }] });
    expect(sharedFacts({ ...call, slices: side })).toHaveProperty('evidence');
    expect(sharedFacts({ ...call, rules: { p: 'filler-0', hero: hashes[0]! } })).toMatchObject({
      slices: ['filler-0'],
    });
  });
});
