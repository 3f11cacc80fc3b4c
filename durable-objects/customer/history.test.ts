/** Random histories of one customer: whatever arrives, repeated, reordered or late, the shards know what a perfect observer knows. */
import { evictDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { isHeldOut } from '../../decisioning/arbitration/holdout.ts';
import type { Random } from '../../decisioning/random.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { campaignOf, configurationOf, SALT } from '../../decisioning/testing/configuration.ts';
import { pick, testRandom } from '../../decisioning/testing/seeds.ts';
import type { LearningFacts } from './protocol.ts';
import { carriedRecord } from './record.ts';
import {
  type Customer,
  cellsOf,
  customerOf,
  DAY_MS,
  HOUR_MS,
  objectOf,
  PURCHASE,
  START_MS,
  settle,
  sumsIn,
  type World,
  worldOf,
} from './testing/fixtures.ts';
import { Observer } from './testing/oracle.ts';
import { withoutZeros } from './testing/oracle-sums.ts';

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);
const STEPS = 60;
const SHARDS = 2;
const CAMPAIGNS = ['days', 'none', 'session'];
const objective = { goal: 'purchase', conversionWeight: 1, revenueWeight: 0, priority: 0 };

/** What each campaign learns from besides its conversions. */
const LEARNING: Readonly<Record<string, LearningFacts>> = {
  days: {
    reward: { kind: 'composite', weights: { purchase: 3, click: 0.25, unsubscribe: -5.5 } },
    secondaryGoals: ['dwell', 'click'],
  },
  session: { reward: { kind: 'count', max: 2 }, secondaryGoals: ['click'], delay: true, momentsHours: 5 },
  none: { reward: { kind: 'revenue', maxMinor: 150 }, secondaryGoals: ['dwell'] },
};

/** Some feedback comes while the campaign is out of the directory. */
function learningFor(random: Random, { campaignId }: DecisionRecord): LearningFacts | undefined {
  return chance(random, 0.05) ? undefined : LEARNING[campaignId];
}

/** In the ids of decisions that the worker made on its own. */
const ELSEWHERE = '/elsewhere-';
const GOALS = ['purchase', 'purchase', 'click', 'unsubscribe', 'dwell'];
const unitOf = (goal: string) => (goal === 'dwell' ? { unit: 'ms' as const } : {});

function historyWorld(seed: number): World {
  const campaigns = [
    campaignOf('days', { objective, sticky: { mode: 'days', days: 1 }, holdout: 0.3, shards: SHARDS }),
    campaignOf('session', {
      objective,
      sticky: { mode: 'session' },
      placements: ['side'],
      features: [{ id: 'plan', attribute: 'plan', type: 'category', values: ['gold', 'tin'] }],
    }),
    campaignOf('none', {
      objective,
      placements: ['side', 'hero'],
      holdout: 0.01,
      contexts: [{ id: 'golden', condition: { plan: 'gold' } }],
    }),
  ];
  return worldOf(`history-${seed}`, configurationOf(campaigns, { goals: [PURCHASE] }));
}

/** One step of a history: what the object is told, and what the observer notes. */
interface Scene {
  readonly world: World;
  readonly ann: Customer;
  readonly observer: Observer;
  readonly random: Random;
  /** Decisions whose tokens are in the world, in the order of their making; some were made without the object. */
  readonly tokens: DecisionRecord[];
  requests: number;
}

const chance = (random: Random, probability: number) => random.next() < probability;
/** Some goals are no orders. */
const orderOf = (random: Random) => pick(random, ['o1', 'o2', 'o3', '']) || undefined;

/** Who is measured, by what the world says: `days` on the hero, `none` on both. */
function address({ observer, ann }: Scene, nowMs: number, placements: readonly string[], plan: string): void {
  const by = (campaignId: string, share: number, leaf: string) => {
    const heldOut = isHeldOut(SALT, ann.name, campaignId, { global: 0, campaign: share });
    const { windowMs: goalWindowMs } = PURCHASE;
    observer.addressed({
      campaignId,
      leaf,
      armId: heldOut ? 'holdout' : '*',
      atMs: nowMs,
      goal: 'purchase',
      goalWindowMs,
    });
  };
  if (placements.includes('hero')) by('days', 0.3, 'rest');
  by('none', 0.01, plan === 'gold' ? 'golden' : 'rest');
}

async function decide(scene: Scene, atMs: number, request: number) {
  const { ann, observer, random, tokens } = scene;
  const nowMs = observer.at(atMs);
  const placements = chance(random, 0.5) ? ['hero', 'side'] : ['side'];
  const plan = pick(random, ['gold', 'tin']);
  address(scene, nowMs, placements, plan);
  const reply = await ann.ask(`r${request}`, atMs, {
    placements,
    attributes: { plan },
    ...(chance(random, 0.5) && { sessionId: pick(random, ['s1', 's2']) }),
  });
  if (reply.outcome !== 'decided') throw new Error(reply.outcome);
  for (const { record } of reply.decisions) {
    if (!record) continue;
    const kept = await ann.stub().receipt(record.decisionId);
    if (kept.outcome !== 'found') throw new Error(kept.outcome);
    observer.decided(kept.record);
    tokens.push(kept.record);
  }
}

/** A decision that the worker made on its own: the object hears of it by its token. */
function decideElsewhere({ tokens, random }: Scene, atMs: number, request: number): void {
  const like = tokens.length > 0 ? pick(random, tokens) : undefined;
  if (!like) return;
  const lifeMs = like.expiresAtMs - like.atMs;
  const decisionId = `${like.customer}${ELSEWHERE}${request}`;
  const periodKey = like.campaignId === 'none' ? decisionId : like.periodKey;
  tokens.push({ ...like, decisionId, periodKey, atMs, claimExpiresAtMs: atMs + 1, expiresAtMs: atMs + lifeMs });
}

/** What the token says: the features of decisions that the object did not store alone. */
function tokenOf(record: DecisionRecord): DecisionRecord {
  return record.decisionId.includes(ELSEWHERE) ? record : carriedRecord(record);
}

async function feedback({ ann, observer, random, tokens }: Scene, receivedAtMs: number): Promise<void> {
  if (tokens.length === 0) return;
  const nowMs = observer.at(receivedAtMs);
  const items = Array.from({ length: 1 + Math.floor(random.next() * 3) }, () => {
    const record = pick(random, tokens);
    const clientAtMs = chance(random, 0.2) ? nowMs - Math.floor(random.next() * 2 * DAY_MS) : undefined;
    const atMs = clientAtMs === undefined ? nowMs : Math.max(clientAtMs, nowMs - DAY_MS);
    const learning = learningFor(random, record);
    if (chance(random, 0.5)) return { kind: 'exposure' as const, record, clientAtMs, atMs, learning };
    const [orderId, valueMinor] = [orderOf(random), Math.floor(random.next() * 100)];
    const windowMs = pick(random, [PURCHASE.windowMs, 2 * HOUR_MS]);
    const id = pick(random, GOALS);
    const goal = { id, windowMs, valueMinor, ...unitOf(id) };
    return { kind: 'goal' as const, record, clientAtMs, atMs, orderId, goal, learning };
  });
  for (const item of items) {
    if (item.kind === 'exposure') observer.exposed(item.record, item.atMs, item.learning);
    else {
      const { goal, atMs, orderId, record, learning } = item;
      observer.reached(record, { ...goal, goal: goal.id, atMs, orderId, eventId: undefined }, learning);
    }
  }
  const call = () =>
    ann.feedback(
      items.map(({ clientAtMs, learning, record, ...item }) => ({
        ...item,
        record: tokenOf(record),
        atMs: clientAtMs,
        ...(learning && { learning }),
      })),
      receivedAtMs,
    );
  await call();
  // The reply was lost: the same batch again.
  if (chance(random, 0.3)) await call();
}

async function event({ ann, observer, random }: Scene, receivedAtMs: number): Promise<void> {
  const atMs = observer.at(receivedAtMs);
  const orderId = orderOf(random);
  const goal = pick(random, GOALS);
  const told = {
    goal,
    ...unitOf(goal),
    windowMs: pick(random, [PURCHASE.windowMs, 2 * HOUR_MS]),
    orderId,
    valueMinor: Math.floor(random.next() * 100),
    eventId: pick(random, ['e1', 'e2', 'e3', 'e4']),
  };
  observer.happened({ ...told, atMs });
  const call = () => ann.tell(receivedAtMs, told);
  await call();
  if (chance(random, 0.3)) await call();
}

/** Before its first call an object does not run. */
async function evict(ann: Customer): Promise<void> {
  await evictDurableObject(objectOf(ann)).catch(() => undefined);
}

async function live(scene: Scene): Promise<void> {
  const { ann, random } = scene;
  let clockMs = START_MS;
  for (let step = 0; step < STEPS; step += 1) {
    // Now and then the customer stays away, and tokens expire.
    clockMs += Math.floor(random.next() * (chance(random, 0.05) ? 6 * DAY_MS : 4 * HOUR_MS));
    const evicted = chance(random, 0.15);
    if (evicted) await evict(ann);
    // Clocks of two machines disagree; what an object has not stored of its time is gone with its memory.
    const receivedAtMs = !evicted && chance(random, 0.2) ? clockMs - HOUR_MS : clockMs;
    const what = random.next();
    if (what < 0.3) {
      // Some requests are repeated.
      if (chance(random, 0.8)) scene.requests += 1;
      await decide(scene, receivedAtMs, scene.requests);
    } else if (what < 0.35) decideElsewhere(scene, clockMs, step);
    else if (what < 0.85) await feedback(scene, receivedAtMs);
    else await event(scene, receivedAtMs);
  }
  await settle(ann);
}

async function counted(world: World): Promise<Record<string, Record<string, number>>> {
  const sums: Record<string, Record<string, number>> = {};
  for (const campaign of CAMPAIGNS) {
    for (const { leaf, arm, hour, statistics } of await cellsOf(world, campaign, SHARDS)) {
      const present = Object.entries(statistics).filter(([, value]) => value !== 0);
      if (present.length > 0) sums[`${campaign} ${leaf} ${arm} ${hour}`] = Object.fromEntries(present);
    }
  }
  return sums;
}

async function named(world: World): Promise<Record<string, Record<string, readonly number[]>>> {
  const cells: Record<string, Record<string, readonly number[]>> = {};
  for (const campaign of CAMPAIGNS)
    for (const [key, cell] of Object.entries(await sumsIn(world, campaign, SHARDS))) cells[`${campaign} ${key}`] = cell;
  return withoutZeros(cells);
}

describe('random histories', () => {
  const kinds = new Set<string>();

  it.each(SEEDS)('seed %i: the sums are those of a perfect observer', async (seed) => {
    const world = historyWorld(seed);
    const ann = customerOf(world, 'ann');
    const observer = new Observer();
    await live({ world, ann, observer, random: testRandom(seed), tokens: [], requests: 0 });
    const sums = await counted(world);
    expect(sums).toEqual(observer.sums());
    const vectors = await named(world);
    expect(vectors).toEqual(observer.namedSums());
    for (const cell of Object.values(vectors))
      for (const name of Object.keys(cell)) kinds.add(name.replace(/(:\w{8})+$/, ''));
    const total = (field: string) => Object.values(sums).reduce((sum, cell) => sum + (cell[field] ?? 0), 0);
    // A history in which nothing happens proves nothing.
    expect(total('trials')).toBeGreaterThan(3);
    expect(total('conversions')).toBeGreaterThan(0);
    for (const cell of Object.values(sums)) expect(cell.conversions ?? 0).toBeLessThanOrEqual(cell.trials ?? 0);
  });

  it('had every kind of named sums in them', () => {
    const expected = ['delay', 'goal:click', 'goal:dwell', 'goal:unsubscribe', 'linear', 'reward', 'trials'];
    expect([...kinds].sort()).toEqual(expected);
  });
});
