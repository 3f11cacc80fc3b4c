/** The object's time, and what is kept of one customer at most. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import { MAX_BEHAVIOUR, MAX_BLANKS, MAX_DECISIONS, MAX_ORDERS, MAX_OUTCOMES, SEEN_GRAIN_MS } from './limits.ts';
import { customerOf, DAY_MS, HOUR_MS, objectOf, PURCHASE, START_MS, tablesOf, worldOf } from './testing/fixtures.ts';
import { addDecision } from './testing/rows.ts';

let worlds = 0;

function scene(windowMs = PURCHASE.windowMs) {
  worlds += 1;
  const objective = { goal: 'purchase', conversionWeight: 1, revenueWeight: 0, priority: 0 };
  const goals = [{ ...PURCHASE, windowMs }];
  const world = worldOf(`limits-${worlds}`, configurationOf([campaignOf('c', { objective })], { goals }));
  return customerOf(world, 'ann');
}

const must = (record: DecisionRecord | null): DecisionRecord => {
  if (!record) throw new Error('nothing was chosen');
  return record;
};

describe('the object’s time', () => {
  it('does not go back when a request was received earlier than the last', async () => {
    const ann = scene();
    await ann.decide('1', START_MS);
    expect(must(await ann.decide('2', START_MS - HOUR_MS)).atMs).toBe(START_MS);
  });

  it('does not go back over an eviction either, further than the last thing that was stored', async () => {
    const ann = scene();
    await ann.decide('1', START_MS);
    await evictDurableObject(objectOf(ann));
    expect(must(await ann.decide('2', START_MS - DAY_MS)).atMs).toBe(START_MS);
  });

  it('goes along with a token of a worker whose clock is ahead, at once and not only when it is read again', async () => {
    const ann = scene();
    const record = must(await ann.decide('1', START_MS));
    await ann.see({ ...record, decisionId: 'ahead', periodKey: 'ahead', atMs: START_MS + 2_000 }, START_MS + 1_000);
    expect(must(await ann.decide('2', START_MS + 1_500)).atMs).toBe(START_MS + 2_000);
  });

  it.each([
    ['an hour ago', -HOUR_MS, -HOUR_MS],
    ['24 hours ago', -DAY_MS, -DAY_MS],
    ['two days ago', -2 * DAY_MS, -DAY_MS],
    ['tomorrow', DAY_MS, 0],
  ])('client time of %s is believed as far as it goes', async (_, offsetMs, believedMs) => {
    const ann = scene();
    expect(must(await ann.decide('1', START_MS, { clientAtMs: START_MS + offsetMs })).atMs).toBe(START_MS + believedMs);
  });

  it('an exposure is never before its decision, whatever the client says', async () => {
    const ann = scene();
    const record = must(await ann.decide('1', START_MS));
    await ann.see(record, START_MS + 1, START_MS - HOUR_MS);
    expect(await ann.stub().receipt(record.decisionId)).toMatchObject({ exposedAtMs: START_MS });
  });
});

describe('what is kept', () => {
  /** Fills a table as many calls would have, then lets the object load it. */
  async function fill(ann: ReturnType<typeof scene>, insert: (sql: SqlStorage) => void): Promise<void> {
    await runInDurableObject(objectOf(ann), (_, { storage }) => insert(storage.sql));
    await evictDurableObject(objectOf(ann));
  }

  it('decisions beyond the limit go, the oldest first, and their tokens with them', async () => {
    const ann = scene();
    const oldest = must(await ann.decide('oldest', START_MS));
    const template = must(await ann.decide('second', START_MS + 1));
    await fill(ann, (sql) => {
      for (let i = 0; i < MAX_DECISIONS - 2; i += 1) {
        const record = { ...template, decisionId: `filler-${i}`, atMs: START_MS + 2 + i };
        const decision = {
          record,
          requestId: 'x',
          exposedAtMs: null,
          late: false,
          isTrial: false,
          converted: false,
          outcomes: [],
        };
        addDecision(sql, decision);
      }
    });
    const full = START_MS + MAX_DECISIONS;
    expect(await ann.see(oldest, full)).toBe('accepted');
    await ann.decide('one-more', full);
    expect(await ann.reach(oldest, full)).toBe('expired_token');
    expect(await ann.see(template, full)).toBe('accepted');
    const { decisions, meta } = await tablesOf(ann);
    expect(decisions).toHaveLength(MAX_DECISIONS);
    expect(meta).toMatchObject([{ forgotten_until_ms: START_MS }]);
    // Dropped with the object's memory, too: an eviction does not bring the token back.
    await evictDurableObject(objectOf(ann));
    expect(await ann.see(oldest, full)).toBe('expired_token');
  });

  it('the mark of what was forgotten never falls, though a late decision with an earlier time is dropped next', async () => {
    const ann = scene();
    await ann.decide('1', START_MS);
    await fill(ann, (sql) => sql.exec('UPDATE meta SET forgotten_until_ms = ?', START_MS + HOUR_MS));
    const template = must(await ann.decide('2', START_MS));
    await fill(ann, (sql) => {
      for (let i = 0; i < MAX_DECISIONS; i += 1) {
        const record = { ...template, decisionId: `filler-${i}`, atMs: START_MS };
        const decision = {
          record,
          requestId: 'x',
          exposedAtMs: null,
          late: false,
          isTrial: false,
          converted: false,
          outcomes: [],
        };
        addDecision(sql, decision);
      }
    });
    await ann.decide('3', START_MS);
    expect((await tablesOf(ann)).meta).toMatchObject([{ forgotten_until_ms: START_MS + HOUR_MS }]);
  });

  it('decisions that can influence nothing any more go after 90 days, and mark nothing as forgotten', async () => {
    const ann = scene();
    const goneAtMs = START_MS + 90 * DAY_MS + SEEN_GRAIN_MS;
    await ann.decide('1', START_MS);
    await ann.decide('2', goneAtMs - 1);
    expect((await tablesOf(ann)).decisions).toHaveLength(2);
    await ann.decide('3', goneAtMs);
    const { decisions, meta } = await tablesOf(ann);
    expect(decisions).toHaveLength(2);
    expect(meta).toMatchObject([{ forgotten_until_ms: 0 }]);
  });

  it('no decision goes while its token would bring it back, by what is stored of the object’s time', async () => {
    const ann = scene(90 * DAY_MS);
    const record = must(await ann.decide('1', START_MS));
    expect(await ann.see(record, START_MS)).toBe('accepted');
    await ann.decide('2', record.expiresAtMs - SEEN_GRAIN_MS / 2);
    // Asked again, which stores nothing; the object ends, and what was told in time arrives once more.
    await ann.decide('2', record.expiresAtMs + 1);
    await evictDurableObject(objectOf(ann));
    expect(await ann.see(record, record.expiresAtMs - 1)).toBe('duplicate');
  });

  it('behaviour and outcomes: the newest', async () => {
    const ann = scene();
    await ann.tell(START_MS, { eventId: 'first' });
    await fill(ann, (sql) => {
      for (let i = 0; i < MAX_BEHAVIOUR; i += 1)
        sql.exec(`INSERT INTO behaviour (at_ms, name, value_minor) VALUES (?, 'looked', ?)`, START_MS + i, i);
      for (let i = 0; i < MAX_OUTCOMES - 1; i += 1)
        sql.exec(`INSERT INTO outcomes (at_ms, goal, value_minor) VALUES (?, 'purchase', ?)`, START_MS + i, i);
    });
    const item = { index: 0, kind: 'behaviour' as const, name: 'looked', valueMinor: -1, windowMs: 0 };
    await ann.stub().events(ann.facts(START_MS + HOUR_MS), [item], {});
    await ann.tell(START_MS + HOUR_MS, { eventId: 'last' });
    const { behaviour, outcomes } = await tablesOf(ann);
    expect(behaviour).toHaveLength(MAX_BEHAVIOUR);
    expect(behaviour!.map(({ value_minor }) => value_minor).slice(0, 2)).toEqual([1, 2]);
    expect(outcomes).toHaveLength(MAX_OUTCOMES);
    expect(outcomes!.at(-1)).toMatchObject({ event_id: 'last' });
    expect(outcomes!.some(({ event_id }) => event_id === 'first')).toBe(false);
  });

  it('outcomes of before go first, though a device brought them after younger ones', async () => {
    const ann = scene();
    const record = must(await ann.decide('1', START_MS));
    await ann.tell(START_MS, { goal: 'other', orderId: 'younger' });
    await ann.reach(record, START_MS, { orderId: 'with its decision' });
    await fill(ann, (sql) => {
      const text = "INSERT INTO outcomes (at_ms, goal, value_minor, order_id) VALUES (?, 'other', 1, 'older')";
      sql.exec(text, START_MS - DAY_MS);
    });
    await ann.decide('2', START_MS + 90 * DAY_MS - HOUR_MS);
    expect((await tablesOf(ann)).outcomes).toMatchObject([{ order_id: 'younger' }]);
  });

  it.each([
    ['of more than 90 days ago', 90 * DAY_MS, 0],
    ['of before all that there is room for', HOUR_MS, MAX_OUTCOMES - 1],
  ])('an outcome %s that a device brings takes the place of none of the customer’s own', async (_, afterMs, others) => {
    const ann = scene();
    if (others === 0) await ann.tell(START_MS, { orderId: 'as old' });
    await ann.tell(START_MS + 1, { orderId: 'own' });
    await fill(ann, (sql) => {
      for (let i = 0; i < others; i += 1)
        sql.exec(`INSERT INTO outcomes (at_ms, goal, value_minor) VALUES (?, 'other', 1)`, START_MS + 2 + i);
    });
    const old = { atMs: START_MS - 1, goal: 'purchase', valueMinor: 1, orderId: 'old', eventId: null };
    const nothing = { traits: {}, decisions: [], receipts: {}, pastTouches: [], behaviour: [], enrolments: [] };
    const legacy = { from: 'phone', bucketingId: 'phone', voidUntilMs: 0, ...nothing, outcomes: [old] };
    await ann.stub().takeLegacy(ann.facts(START_MS + afterMs), legacy);
    const { outcomes } = await tablesOf(ann);
    expect(outcomes).toHaveLength(others + 1);
    expect(outcomes![0]).toMatchObject({ order_id: 'own' });
    // The object that starts next knows their order, too.
    await evictDurableObject(objectOf(ann));
    expect(await ann.tell(START_MS + afterMs, { orderId: 'own' })).toBe('duplicate');
  });

  it('default answers: a day, and no more than the limit', async () => {
    const ann = scene();
    const blank = (id: string, atMs: number) => ann.ask(id, atMs, { placements: ['unknown'] });
    await blank('old', START_MS - DAY_MS - 1);
    await blank('new', START_MS);
    expect((await tablesOf(ann)).blanks).toHaveLength(1);
    await fill(ann, (sql) => {
      for (let i = 0; i < MAX_BLANKS; i += 1) sql.exec('INSERT INTO blanks VALUES (?, ?)', `b-${i}`, START_MS + 1 + i);
    });
    await blank('newest', START_MS + DAY_MS / 2);
    const { blanks } = await tablesOf(ann);
    expect(blanks).toHaveLength(MAX_BLANKS);
    expect(blanks!.some(({ id }) => String(id).includes('/newest/'))).toBe(true);
  });

  it('orders of one decision: at the limit the next is refused by name', async () => {
    const ann = scene();
    const record = must(await ann.decide('1', START_MS));
    const goal = { id: 'purchase', windowMs: PURCHASE.windowMs, valueMinor: 1 };
    const items = Array.from({ length: MAX_ORDERS + 1 }, (_, i) => ({
      record,
      kind: 'goal' as const,
      goal,
      orderId: `o${i}`,
    }));
    const results = await ann.feedback(items, START_MS);
    expect(results.slice(0, MAX_ORDERS).every((status) => status === 'accepted')).toBe(true);
    expect(results[MAX_ORDERS]).toBe('too_many_orders');
  });
});
