/** `learning`: what it asks for, what it prints, and what `performance` says of a hold. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { learningResponse } from '../../contract/learning.ts';
import { heldText } from '../performance/learning.ts';
import { learning } from './learning.ts';

const HELD = learningResponse.parse({
  campaign: 'hero',
  hold: {
    since: '2026-11-22T10:00:00.000Z',
    cause: 'anomaly',
    anomalies: [
      { kind: 'rate', part: 'source:shop', direction: 'high', observed: 0.5, expected: 0.05, hours: 1, chance: 1e-9 },
    ],
  },
  watch: { hold: true, sensitivity: 'normal', knownHours: 100, judges: true },
  leftOut: [{ from: '2026-11-20T10:00:00.000Z', until: '2026-11-20T12:00:00.000Z' }],
});

/** A server that answers everything so, and remembers what it was asked. */
async function double(status: number, body: object) {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    let sent = '';
    for await (const part of request) sent += part;
    requests.push(`${request.method} ${request.url} ${sent}`.trim());
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return {
    requests,
    target: ['--key', 'sk_x', '--site', `http://127.0.0.1:${(server.address() as AddressInfo).port}`],
  };
}

/** What a call prints. */
async function printed(...args: string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    expect(await learning(args)).toBe(0);
    return write.mock.calls.map(([text]) => text).join('');
  } finally {
    write.mockRestore();
  }
}

test('a hold is told with what was odd and how to let go; without one that it learns', async () => {
  const { target, requests } = await double(200, HELD);
  expect((await printed('hero', ...target)).split('\n')).toEqual([
    `hero  ${heldText(HELD.hold!)}`,
    '  ! rate of source:shop is high: 0.5 where 0.05 is usual, over 1 hour',
    '  Watched with normal sensitivity, 100 hours known to be usual: what is odd holds learning.',
    '  Left out: exposures from 20 Nov 2026, 10:00 UTC to 20 Nov 2026, 12:00 UTC',
    '  Let it go on: npm run hyperedge -- learning hero release --keep all (or: before)',
    '',
  ]);
  expect(requests).toEqual(['GET /v1/campaigns/hero/learning']);
  const free = await double(200, { ...HELD, hold: null, watch: null, leftOut: [] });
  expect(await printed('hero', ...free.target)).toBe(
    'hero  learns from what arrives.\n  Its feedback is not watched (learning.watch).\n',
  );
});

test('hold and release send what they were told', async () => {
  const { target, requests } = await double(200, HELD);
  await printed('hero', 'hold', '--reason', 'a bot', ...target);
  await printed('hero', 'release', '--keep', 'before', '--since', '2026-11-22T09:00Z', ...target);
  expect(requests).toEqual([
    'POST /v1/campaigns/hero/learning/hold {"reason":"a bot"}',
    'POST /v1/campaigns/hero/learning/release {"keep":"before","since":"2026-11-22T09:00:00.000Z"}',
  ]);
});

test('a release of nothing and slips are told', async () => {
  const title = 'The learning of this campaign is not held';
  const { target } = await double(409, { type: '/problems/not_held', title, status: 409 });
  await expect(learning(['hero', 'release', '--keep', 'all', ...target])).rejects.toThrow(`hero: ${title}`);
  await expect(learning(['hero', 'relese'])).rejects.toThrow('did you mean "release"?');
  await expect(learning(['hero', 'release'])).rejects.toThrow('--keep all');
  await expect(learning(['hero', 'release', '--keep', 'al'])).rejects.toThrow('there are all, before');
  await expect(learning(['hero', 'release', '--keep', 'before', '--since', 'noon'])).rejects.toThrow('is no moment');
  await expect(learning(['hero', '--keep', 'all'])).rejects.toThrow('go with release');
  await expect(learning([])).rejects.toThrow('Name one campaign');
});
