/**
 * Tokens told of twenty times over in shuffled order, and as many forged ones among them: every decision is credited once, no forgery ever.
 * `npm run prove:rewards` does it with 10,000 of each; a few hundred run with every test.
 */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Random } from '../../decisioning/random.ts';
import { pick, testRandom } from '../../decisioning/testing/seeds.ts';
import { decodeToken, encodeToken } from '../../decisioning/token/token.ts';
import { tokenSigner } from '../../worker/edge/token-signer.ts';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env & { readonly REWARD_TOKENS?: string };
const TOKENS = Number(bindings.REWARD_TOKENS ?? 200);
const REPLAYS = 20;
const SEED = 20_261_122;
/** As many decisions as one request asks for. */
const CAMPAIGNS = 10;
const CUSTOMERS = 40;
/** Events of one request, and requests under way at a time. */
const BATCH = 50;
const PARALLEL = 6;
/** A machine that is too busy for a batch within its deadline is asked again, as clients do. */
const MAX_TRIES = 20;

const campaigns = Array.from({ length: CAMPAIGNS }, (_, i) => `c${i}`);
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;
let foreign: string[];

const documents = () => [
  { kind: 'goal', id: 'bought', name: 'Bought' },
  ...campaigns.map((id) => ({ kind: 'placement', id, name: id })),
  ...campaigns.map((id) => ({
    kind: 'campaign',
    id,
    name: id,
    objective: { goal: 'bought' },
    placements: [id],
    arms: [{ id: 'a', content: { text: id } }],
    sticky: { mode: 'none' },
    caps: [],
  })),
];

/** Decisions by customer. */
type Decided = ReadonlyMap<number, readonly string[]>;

async function decideFor(where: ReturnType<typeof apiOf>, visits: number): Promise<Decided> {
  const tokens = new Map<number, string[]>();
  const visit = async (number: number) => {
    const { body } = await where.optimize({
      requestId: `visit-${number}`,
      placements: campaigns,
      customer: { id: `customer-${number % CUSTOMERS}` },
    });
    const customer = number % CUSTOMERS;
    tokens.set(customer, [...(tokens.get(customer) ?? []), ...body.decisions.map(({ token }) => token!)]);
  };
  await inParallel(
    Array.from({ length: visits }, (_, i) => i),
    visit,
  );
  return tokens;
}

async function inParallel<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await act(next);
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
}

beforeAll(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, documents());
  const other = await createWorkspace(bindings);
  await publishDemo(bindings, other, documents());
  foreign = [...(await decideFor(apiOf(other), 10)).values()].flat();
});

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Another letter somewhere behind the prefix. */
function flipped(token: string, random: Random): string {
  const at = 'ht1.'.length + Math.floor(random.next() * (token.length - 'ht1.'.length));
  const letter = pick(
    random,
    [...LETTERS].filter((other) => other !== token[at]),
  );
  return token.slice(0, at) + letter + token.slice(at + 1);
}

/** A record that was really made, changed, under the signature of the true one. */
async function altered(token: string, random: Random): Promise<string> {
  const signer = tokenSigner(bindings);
  const record = (await decodeToken(token, signer))!;
  const changes = [
    { campaignId: 'c0x' },
    { decisionId: `${record.decisionId.slice(0, -1)}_` },
    { customer: 'somebody' },
  ];
  const [prefix, kid, payload] = (await encodeToken({ ...record, ...pick(random, changes) }, signer)).split('.');
  return [prefix, kid, payload, token.split('.')[3]].join('.');
}

/** A true record, signed by somebody who guessed a key. */
async function signedByAnother(token: string): Promise<string> {
  const record = (await decodeToken(token, tokenSigner(bindings)))!;
  const { keyId } = tokenSigner(bindings);
  return encodeToken(record, tokenSigner({ TOKEN_KEYS: `${keyId}:${'99'.repeat(32)}` }));
}

/** As many forgeries of these tokens, of four kinds. */
async function forge(tokens: readonly string[], random: Random): Promise<string[]> {
  return Promise.all(
    tokens.map((token, i) => {
      if (i % 4 === 0) return flipped(token, random);
      if (i % 4 === 1) return pick(random, foreign);
      return i % 4 === 2 ? signedByAnother(token) : altered(token, random);
    }),
  );
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random.next() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j] as T, mixed[i] as T];
  }
  return mixed;
}

interface Told {
  readonly token: string;
  readonly kind: 'exposure' | 'goal';
  readonly forged: boolean;
}
const tally = { accepted: 0, duplicates: 0, refused: 0 };

const batchesOf = (events: readonly Told[]): (readonly Told[])[] =>
  Array.from({ length: Math.ceil(events.length / BATCH) }, (_, i) => events.slice(i * BATCH, (i + 1) * BATCH));

/** Tells of batches; what the server could not take just now is told again. */
async function tell(batches: readonly (readonly Told[])[]): Promise<void> {
  await inParallel(batches, async (batch) => {
    let left = batch;
    for (let tries = 0; left.length > 0 && tries < MAX_TRIES; tries += 1) {
      const body = {
        events: left.map(({ token, kind }) => ({ token, kind, ...(kind === 'goal' && { goal: 'bought' }) })),
      };
      const answer = await api.feedback(body);
      // Nothing at all was taken: forgeries alone, or a part that was too slow.
      if (answer.status === 503) continue;
      const results =
        answer.body.results ?? left.map((_, index) => ({ index, status: 'rejected', reason: 'invalid_token' }));
      left = left.filter((event, index) => {
        const result = results.find((told) => told.index === index);
        if (result?.reason === 'unavailable') return true;
        expect(result?.status === 'rejected').toBe(event.forged);
        tally[result?.status === 'accepted' ? 'accepted' : result?.status === 'duplicate' ? 'duplicates' : 'refused'] +=
          1;
        return false;
      });
    }
    expect(left).toEqual([]);
  });
}

/**
 * All goals, the events of each customer in another order and the customers mixed, with a share of the forgeries among them. Customers know
 * nothing of each other: batches of one each are the same to them as any, and fewer calls.
 */
function replayOf(decided: Decided, forged: readonly string[], replay: number, random: Random): (readonly Told[])[] {
  const share = forged.slice((replay * TOKENS) / REPLAYS, ((replay + 1) * TOKENS) / REPLAYS);
  const each = Math.ceil(share.length / decided.size);
  const batches = [...decided.values()].flatMap((tokens, i) => {
    const told = (token: string, isForged: boolean): Told => ({ token, kind: 'goal', forged: isForged });
    const among = share.slice(i * each, (i + 1) * each).map((token) => told(token, true));
    return batchesOf(shuffled([...tokens.map((token) => told(token, false)), ...among], random));
  });
  return shuffled(batches, random);
}

describe(`${TOKENS} tokens, told ${REPLAYS} times, and ${TOKENS} forged ones, seed ${SEED}`, () => {
  it('are credited once each, and the forged ones never', async () => {
    const random = testRandom(SEED);
    const startedMs = Date.now();
    const decided = await decideFor(api, Math.ceil(TOKENS / CAMPAIGNS));
    const tokens = [...decided.values()].flat();
    expect(new Set(tokens).size).toBe(TOKENS);
    const forged = await forge(tokens, random);
    await tell(batchesOf(tokens.map((token) => ({ token, kind: 'exposure', forged: false }))));
    for (let replay = 0; replay < REPLAYS; replay += 1) await tell(replayOf(decided, forged, replay, random));
    // Exposures and goals were taken once each; everything else of the true tokens was a repeat.
    expect(tally).toEqual({ accepted: 2 * TOKENS, duplicates: (REPLAYS - 1) * TOKENS, refused: TOKENS });
    const credits = async () => {
      const all = await Promise.all(campaigns.map((id) => api.performance(id)));
      return all.reduce((sum, { body }) => sum + (body.totals?.conversions ?? 0), 0);
    };
    // A delivery that failed under the storm is sent again after ten seconds.
    expect(await eventually(credits, (sum) => sum >= TOKENS, 30_000)).toBe(TOKENS);
    await scheduler.wait(2_000);
    expect(await credits()).toBe(TOKENS);
    console.log(`${TOKENS} credits after ${(REPLAYS + 1) * TOKENS + TOKENS} events in ${Date.now() - startedMs} ms`);
  }, 3_600_000);
});
