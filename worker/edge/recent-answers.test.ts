import { describe, expect, it } from 'vitest';
import { Deadline } from '../http/deadline.ts';
import { FRESH_MS, GRACE_MS, MAX_REMEMBERED, RETRY_AFTER_MS, RecentAnswers } from './recent-answers.ts';

/** Work that is late goes on behind these tests. */
const behind = { waitUntil: () => undefined };
const patient = new Deadline(() => behind, 60_000);
const down = () => Promise.reject(new Error('D1_ERROR: network connection lost'));

describe('answers remembered', () => {
  it('asks once within ten seconds and again after them', async () => {
    const answers = new RecentAnswers<string>();
    let asked = 0;
    const lookUp = async () => {
      asked += 1;
      return `answer ${asked}`;
    };
    expect(await answers.find('a', lookUp, 0, patient)).toBe('answer 1');
    expect(await answers.find('a', lookUp, FRESH_MS - 1, patient)).toBe('answer 1');
    expect(await answers.find('a', lookUp, FRESH_MS, patient)).toBe('answer 2');
  });

  it('asks again where the clock was set back by an hour', async () => {
    const answers = new RecentAnswers<number>();
    expect(await answers.find('a', async () => 1, 7_200_000, patient)).toBe(1);
    expect(await answers.find('a', async () => 2, 3_600_000, patient)).toBe(2);
  });

  it('remembers that there is none just as long', async () => {
    const answers = new RecentAnswers<string>();
    expect(await answers.find('a', async () => undefined, 0, patient)).toBeUndefined();
    expect(await answers.find('a', async () => 'created', FRESH_MS - 1, patient)).toBeUndefined();
    expect(await answers.find('a', async () => 'created', FRESH_MS, patient)).toBe('created');
  });

  it('outlives a silent database by a minute when it was good, and not at all when there was none', async () => {
    const answers = new RecentAnswers<string>();
    await answers.find('good', async () => 'good', 0, patient);
    await answers.find('none', async () => undefined, 0, patient);
    expect(await answers.find('good', down, GRACE_MS - 1, patient)).toBe('good');
    await expect(answers.find('good', down, GRACE_MS, patient)).rejects.toThrow('network');
    await expect(answers.find('none', down, FRESH_MS, patient)).rejects.toThrow('network');
    await expect(answers.find('never asked', down, 0, patient)).rejects.toThrow('network');
  });

  it('serves what was good while a look-up is late, asks nobody for a second, and uses what comes in the end', async () => {
    const answers = new RecentAnswers<string>();
    const slow = Promise.withResolvers<string>();
    let asked = 0;
    const lookUp = (): Promise<string> => {
      asked += 1;
      return slow.promise;
    };
    await answers.find('a', async () => 'old', 0, patient);
    const quick = () => new Deadline(() => behind, 20);
    expect(await answers.find('a', lookUp, FRESH_MS, quick())).toBe('old');
    expect(await answers.find('a', lookUp, FRESH_MS + RETRY_AFTER_MS - 1, quick())).toBe('old');
    expect(asked).toBe(1);
    expect(await answers.find('a', lookUp, FRESH_MS + RETRY_AFTER_MS, quick())).toBe('old');
    expect(asked).toBe(2);
    slow.resolve('new');
    await slow.promise;
    expect(await answers.find('a', lookUp, FRESH_MS + RETRY_AFTER_MS, quick())).toBe('new');
  });

  it('holds no more than its limit, whatever is thrown at it', async () => {
    const answers = new RecentAnswers<string>();
    for (let i = 0; i < MAX_REMEMBERED + 500; i += 1)
      await answers.find(`junk ${i}`, async () => undefined, i, patient);
    expect(answers.size).toBe(MAX_REMEMBERED);
  });
});
