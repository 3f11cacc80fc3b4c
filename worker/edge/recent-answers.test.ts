import { describe, expect, it } from 'vitest';
import { FRESH_MS, GRACE_MS, MAX_REMEMBERED, RecentAnswers } from './recent-answers.ts';

const down = () => Promise.reject(new Error('D1_ERROR: network connection lost'));

describe('answers remembered', () => {
  it('asks once within ten seconds and again after them', async () => {
    const answers = new RecentAnswers<string>();
    let asked = 0;
    const lookUp = async () => {
      asked += 1;
      return `answer ${asked}`;
    };
    expect(await answers.find('a', lookUp, 0)).toBe('answer 1');
    expect(await answers.find('a', lookUp, FRESH_MS - 1)).toBe('answer 1');
    expect(await answers.find('a', lookUp, FRESH_MS)).toBe('answer 2');
  });

  it('remembers that there is none just as long', async () => {
    const answers = new RecentAnswers<string>();
    expect(await answers.find('a', async () => undefined, 0)).toBeUndefined();
    expect(await answers.find('a', async () => 'created', FRESH_MS - 1)).toBeUndefined();
    expect(await answers.find('a', async () => 'created', FRESH_MS)).toBe('created');
  });

  it('outlives a silent database by a minute when it was good, and not at all when there was none', async () => {
    const answers = new RecentAnswers<string>();
    await answers.find('good', async () => 'good', 0);
    await answers.find('none', async () => undefined, 0);
    expect(await answers.find('good', down, GRACE_MS - 1)).toBe('good');
    await expect(answers.find('good', down, GRACE_MS)).rejects.toThrow('network');
    await expect(answers.find('none', down, FRESH_MS)).rejects.toThrow('network');
    await expect(answers.find('never asked', down, 0)).rejects.toThrow('network');
  });

  it('holds no more than its limit, whatever is thrown at it', async () => {
    const answers = new RecentAnswers<string>();
    for (let i = 0; i < MAX_REMEMBERED + 500; i += 1) await answers.find(`junk ${i}`, async () => undefined, i);
    expect(answers.size).toBe(MAX_REMEMBERED);
  });
});
