/** The sample of customers: who is in it, whatever the order and the repeats, and what tells how many there are. */
import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { countCustomers, RANKS, rankOf } from '../../decisioning/audience/sample.ts';
import { joinSample, leaveSample, MAX_SAMPLE, readSample } from './sample.ts';
import { newPublisher } from './testing/fixtures.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Names as uniform as HMACs: a linear congruential generator, one character a step. */
function namesOf(count: number, seed = 1): string[] {
  let state = seed;
  const character = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return ALPHABET.charAt(state >>> 26);
  };
  return Array.from({ length: count }, () => Array.from({ length: 22 }, character).join(''));
}

async function inPublisher<T>(look: (sql: SqlStorage) => T): Promise<T> {
  const { publisher } = await newPublisher();
  return runInDurableObject(publisher, (_, { storage }) => look(storage.sql));
}

describe('joinSample', () => {
  it('keeps the k names that rank lowest, in any order and however often they are told', async () => {
    const names = namesOf(500);
    const lowest = names.toSorted((a, b) => rankOf(a) - rankOf(b)).slice(0, 50);
    await inPublisher((sql) => {
      for (const name of [...names, ...names.toReversed(), ...lowest]) joinSample(sql, name, 50);
      const { names: kept, held, below } = readSample(sql, 1_000);
      expect([...kept]).toEqual(lowest);
      expect(held).toBe(50);
      const { low, high } = countCustomers(held, below);
      expect(low).toBeLessThan(500);
      expect(high).toBeGreaterThan(500);
    });
  });

  it('answers with the rank from which on nobody needs to ask', async () => {
    const names = namesOf(60);
    await inPublisher((sql) => {
      const replies = names.map((name) => joinSample(sql, name, 50));
      expect(replies.slice(0, 50)).toEqual(new Array(50).fill(RANKS));
      for (const [i, reply] of replies.entries()) expect(reply).toBeLessThanOrEqual(replies[Math.max(0, i - 1)]!);
      expect(readSample(sql, 50).names.every((name) => rankOf(name) < replies.at(-1)!)).toBe(true);
    });
  });

  it('holds exactly as many as its limit before it leaves anybody out', async () => {
    await inPublisher((sql) => {
      for (const name of namesOf(50)) joinSample(sql, name, 50);
      expect(readSample(sql, 50)).toMatchObject({ held: 50, below: RANKS });
    });
  });

  it('refuses what is no name', async () => {
    await inPublisher((sql) => {
      expect(() => joinSample(sql, '')).toThrow(RangeError);
      expect(() => joinSample(sql, 'a'.repeat(65))).toThrow(RangeError);
    });
  });
});

describe('leaveSample', () => {
  it('takes a name out for good, and the count with it', async () => {
    const names = namesOf(500);
    await inPublisher((sql) => {
      for (const name of names) joinSample(sql, name, 50);
      const before = readSample(sql, 50);
      leaveSample(sql, [before.names[0]!, before.names[0]!, 'not-there']);
      const after = readSample(sql, 50);
      expect(after.names).toEqual(before.names.slice(1));
      expect(after.below).toBe(before.below);
      expect(countCustomers(after.held, after.below).estimate).toBeLessThan(
        countCustomers(before.held, before.below).estimate,
      );
    });
  });
});

describe('readSample', () => {
  it('gives the lowest ranks, as many as asked for', async () => {
    const names = namesOf(30);
    await inPublisher((sql) => {
      for (const name of names) joinSample(sql, name);
      const { names: few, held } = readSample(sql, 5);
      expect(few).toEqual(names.toSorted((a, b) => rankOf(a) - rankOf(b)).slice(0, 5));
      expect(held).toBe(30);
      expect(held).toBeLessThan(MAX_SAMPLE);
    });
  });
});
