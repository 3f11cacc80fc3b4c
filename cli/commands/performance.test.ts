import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ARMS, block, LIFECYCLE, PARAMETERS, STRATEGIES } from '../performance/testing/answers.ts';
import { commandEnvironment } from '../testing/environment.ts';

/** A server that remembers where it was asked and answers each address with its own. */
async function double(answers: Readonly<Record<string, object>>) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    const body = answers[request.url ?? ''];
    const missing = {
      type: '/problems/not_found',
      title: 'There is nothing here',
      status: 404,
      detail: 'No such campaign',
    };
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? missing));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { requests, site: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const run = (args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['cli/hyperedge.ts', 'performance', ...args], {
    cwd: join(import.meta.dirname, '../..'),
    env: commandEnvironment({ HYPEREDGE_SECRET_KEY: 'sk_x' }),
  });
const failureOf = (args: readonly string[]) => run(args).catch((error: unknown) => error);

test('arms stand in the order in which they are chosen, their rates on one axis', async () => {
  const { site, requests } = await double({ '/v1/campaigns/spring/performance': ARMS });
  expect((await run(['spring', '--site', site])).stdout.split('\n')).toEqual([
    'spring  goal order, phase learning, as of 27 Nov 2026, 09:00 UTC',
    '',
    '            seen  trials  conversions    rate          95 %                            choices    best',
    '  daring   1,210   1,200           65  5.42 %  4.28 to 6.84           ├─────●───────┤     91 %  > 99 %',
    '  classic    510     500           20  4.00 %  2.62 to 6.10  ├───────●──────────┤          9 %   < 1 %',
    '  unseen      10       0            0       -             -                                0 %     0 %',
    '  all      1,710   1,700           85  5.00 %  4.06 to 6.14',
    '',
    '  Lift: +0.88 points (95 %: −2.30 to +4.06): 5.00 % of 1,700 customers against 4.12 % of 170 held out',
    '',
  ]);
  expect(requests).toEqual(['GET /v1/campaigns/spring/performance Bearer sk_x']);
});

test('rewards, goals, held-out customers and what choices depend on are told where they are', async () => {
  const reward = (mean: number) => ({
    ...{ kind: 'revenue', unit: 'money', trials: 500, rewarded: 40, meanPerTrial: mean, mean: mean + 10 },
    interval: [mean - 100, mean + 100],
  });
  const goals = {
    call: {
      unit: 'money',
      trials: 900,
      reached: 9,
      rate: 0.01,
      credibleInterval: [0.005, 0.019],
      value: 0,
      valuePerTrial: 0,
      valueInterval: null,
    },
    dwell: {
      unit: 'ms',
      trials: 900,
      reached: 90,
      rate: 0.1,
      credibleInterval: [0.08, 0.12],
      value: 9_000,
      valuePerTrial: 10,
      valueInterval: null,
    },
  };
  const answer = {
    ...ARMS,
    allocationVariesBy: ['features', 'availability'],
    totals: { ...ARMS.totals, reward: reward(1_000), goals },
    holdout: block(100, 3, [0.0109, 0.0843]),
    arms: ARMS.arms.map((arm, i) => (i === 2 ? arm : { ...arm, reward: reward(1_100) })),
    lift: null,
  };
  const { site } = await double({ '/v1/campaigns/spring/performance': answer });
  const text = (await run(['spring', '--site', site])).stdout;
  expect(text).toMatch(/rate +each \(minor units\) +learned +95 % +choices +best\n/);
  expect(text).toMatch(/daring .* 1,100 +1,110 +1,000 to 1,200 +├─+●─+┤ +91 % +> 99 %\n/);
  expect(text).toMatch(/held out +110 +100 +3 +3\.00 % +- +-\n/);
  expect(text).toMatch(
    /other goals +trials +reached .*\n {2}call +900 +9 +1\.0 % +0\.5 to 1\.9 +-\n {2}dwell .* 10 ms\n/,
  );
  expect(text).toContain("depend on the customer's features and what the channel and the hour allow.");
});

test('of very many arms the most chosen are shown, and the others counted', async () => {
  const arms = Array.from({ length: 25 }, (_, i) => ({
    ...ARMS.arms[0]!,
    arm: `arm-${i}`,
    allocation: i === 24 ? 0.52 : 0.02,
  }));
  const { site } = await double({ '/v1/campaigns/spring/performance': { ...ARMS, arms } });
  const text = (await run(['spring', '--site', site])).stdout;
  expect(text.match(/^ {2}arm-\d+/gm)).toHaveLength(20);
  expect(text).toMatch(/best\n {2}arm-24/);
  expect(text).toContain('and 5 more arms with 10 % of the choices: --json has all');
});

test('parameters have a table each, under their names where they have one', async () => {
  const { site } = await double({ '/v1/campaigns/spring/parameters/performance': PARAMETERS });
  expect((await run(['spring', '--parameters', '--site', site])).stdout.split('\n').slice(0, 5)).toEqual([
    'spring  goal order, learns by effects, as of 27 Nov 2026, 09:00 UTC',
    '',
    '  Look of the card  trials  conversions    rate          95 %  × others          95 %                            best',
    '  Calm blue            900           50  5.56 %  4.00 to 7.00      1.25  0.80 to 2.00  ├─────┊────●───────────┤  80 %',
    '  loud                   0            0       -             -         -                      ┊                   20 %',
  ]);
});

test('strategies stand side by side, with what they lost and what to mind', async () => {
  const { site } = await double({ '/v1/campaigns/spring/strategies/performance': STRATEGIES });
  const text = (await run(['spring', '--strategies', '--site', site])).stdout;
  expect(text).toContain('strategies taking turns, now bold, as of');
  expect(text).toMatch(
    /bold +thompson +50 % +1,200 +65 +5\.42 % +4\.28 to 6\.84 +├.*●.*┤ +70 % +0\.500 % +3\.3 +0\.4 to 7\.1\n/,
  );
  expect(text).toMatch(/old +retired +- +0 +0 +- +- +70 % +- +-\n/);
  expect(text).toContain('warning strategies take turns');
});

test('strategies that compete for revenue are told in it', async () => {
  const reward = {
    ...{ kind: 'revenue', unit: 'money', trials: 1_200, rewarded: 65, meanPerTrial: 440, mean: 450 },
    interval: [300, 620],
  };
  const regret = {
    regretPerTrial: { estimate: 12.4, interval: [3, 30] },
    regret: { estimate: 14_880, interval: [3_600, 36_000] },
  };
  const strategies = [{ ...STRATEGIES.strategies[0]!, reward, ...regret }];
  const { site } = await double({ '/v1/campaigns/spring/strategies/performance': { ...STRATEGIES, strategies } });
  const text = (await run(['spring', '--strategies', '--site', site])).stdout;
  expect(text).toMatch(/each \(minor units\) +95 % +best +lost per trial +lost/);
  expect(text).toMatch(/5\.42 % +450 +300 to 620 +├─*●─*┤ +70 % +12\.4 +14,880 +3,600 to 36,000\n/);
  expect(text).toContain('lost: reward that');
});

test('a lifecycle tells its phase, the numbers it goes by, what comes next, and every change', async () => {
  const { site } = await double({ '/v1/campaigns/spring/lifecycle': LIFECYCLE });
  expect((await run(['spring', '--lifecycle', '--site', site])).stdout.split('\n')).toEqual([
    'spring  learning since 27 Nov 2026, 09:00 UTC',
    '',
    '  customers    50 % of those it addresses',
    '  exploration  at least 20 % of the choices',
    '  scores       count 50 %',
    '',
    '  what phases go by                                  now  wanted',
    '  trials of "classic", which has the fewest           12    ≥ 30',
    '  chance that "daring", which leads, is the best    81 %  ≥ 95 %',
    '  or: loss of staying with it, of its rate        3.33 %   ≤ 2 %',
    '  width of its 95 % interval, of its rate         85.5 %  ≤ 50 %',
    '',
    '  Next: optimization, once the leading arm is known well enough, and is clearly the best or as good as it',
    '',
    '  changes, newest first',
    '  27 Nov 2026, 09:00 UTC  optimization → learning: a rate has changed, of "daring" from 5 % to 2 %',
    '  2 Nov 2026, 10:00 UTC   optimization: somebody set it (key k1)',
    '',
  ]);
});

test('a phase that is held says so, and nothing of a next one', async () => {
  const { site } = await double({ '/v1/campaigns/spring/lifecycle': { ...LIFECYCLE, mode: 'hold' } });
  const text = (await run(['spring', '--lifecycle', '--site', site])).stdout;
  expect(text).toContain('09:00 UTC, held there\n');
  expect(text).not.toContain('Next:');
});

test('as JSON the answer is what the server said, whatever that is', async () => {
  const { site } = await double({ '/v1/campaigns/spring/performance': { any: 'thing' } });
  expect(JSON.parse((await run(['spring', '--json', '--site', site])).stdout)).toEqual({ any: 'thing' });
  expect(await failureOf(['spring', '--site', site])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('in the words of another version: --json'),
  });
});

test.each([
  ['a campaign that is not there', ['nope'], 1, 'nope: No such campaign\n'],
  ['no campaign', [], 2, 'Name one campaign'],
  ['two campaigns', ['a', 'b'], 2, 'Name one campaign'],
  ['a file', ['spring.yaml'], 2, '"spring.yaml" is not the id of a campaign'],
  ['two views', ['spring', '--parameters', '--lifecycle'], 2, '--parameters and --lifecycle: one at a time'],
])('%s is refused in words', async (_what, args, code, words) => {
  const { site } = await double({});
  expect(await failureOf([...args, '--site', site])).toMatchObject({ code, stderr: expect.stringContaining(words) });
});
