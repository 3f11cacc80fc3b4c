/** How a sample is asked: how many at a time, for how long, and what of those who do not answer. */
import { describe, expect, it } from 'vitest';
import { askSample, MAX_ASKED_CUSTOMERS } from './audience.ts';

/** An environment whose customers answer as told, and what was asked of it. */
function worldOf(names: readonly string[], answer: (name: string) => Promise<boolean | null>) {
  const seen = { underWay: 0, most: 0, limit: 0, left: [] as string[] };
  const matches = async (name: string) => {
    seen.underWay += 1;
    seen.most = Math.max(seen.most, seen.underWay);
    try {
      return await answer(name);
    } finally {
      seen.underWay -= 1;
    }
  };
  const publisher = {
    sample: async (limit: number) => {
      seen.limit = limit;
      return { names, held: 1_000, below: 5 };
    },
    leaveSample: async (_: string, gone: readonly string[]) => void seen.left.push(...gone),
  };
  const env = {
    NAMING_SECRET: '11'.repeat(32),
    PUBLISHER: { getByName: () => publisher },
    CUSTOMER: { getByName: (name: string) => ({ matches: () => matches(name) }) },
  };
  const waiting: Promise<unknown>[] = [];
  const ctx = { waitUntil: (promise: Promise<unknown>) => void waiting.push(promise) };
  const run = (budgetMs?: number) => askSample(env as unknown as Env, ctx, 'w', '{}', 0, budgetMs);
  return { seen, run, settled: () => Promise.all(waiting) };
}

const names = Array.from({ length: 60 }, (_, i) => `c${i}`);

describe('askSample', () => {
  it('asks everybody it was given once, twenty at a time', async () => {
    const asked: string[] = [];
    const { seen, run } = worldOf(names, async (name) => {
      asked.push(name);
      await Promise.resolve();
      return name.endsWith('0');
    });
    expect(await run()).toEqual({ held: 1_000, below: 5, asked: 60, answered: 60, matched: 6 });
    expect(asked.toSorted()).toEqual(names.toSorted());
    expect(seen).toMatchObject({ most: 20, limit: MAX_ASKED_CUSTOMERS });
  });

  it('counts who is silent, or fails, as asked and not as answered', async () => {
    const { run } = worldOf(['silent', 'failing', 'there'], (name) => {
      if (name === 'silent') return new Promise(() => undefined);
      return name === 'failing' ? Promise.reject(new Error('down')) : Promise.resolve(true);
    });
    expect(await run(20)).toMatchObject({ held: 1_000, asked: 3, answered: 1, matched: 1 });
  });

  it('asks nobody more once the time is up', async () => {
    const { run } = worldOf(names, () => new Promise(() => undefined));
    expect(await run(20)).toMatchObject({ asked: 20, answered: 0, matched: 0 });
  });

  it('takes those who are gone out of the sample, and does not count them', async () => {
    const { seen, run, settled } = worldOf(['gone', 'there'], async (name) => (name === 'gone' ? null : false));
    expect(await run()).toEqual({ held: 999, below: 5, asked: 1, answered: 1, matched: 0 });
    await settled();
    expect(seen.left).toEqual(['gone']);
  });
});
