/** Feedback into one campaign over HTTP, one event a customer, by how many shards it has. */
import { join } from 'node:path';
import { choosePort } from '../../scripts/start/port.ts';
import { startStack } from '../../scripts/start/stack.ts';
import { type Call, closedLoop, Target } from '../http/load.ts';

/** A campaign has 1 to 64; one core serves all of them here. */
export const SHARDS = [1, 2, 4, 8] as const;
/** As `bench:http` has them. */
const CLIENTS = 32;
/** Decisions before a stretch of feedback, as many as it may use up in a second. */
const TOKENS_PER_SECOND = 1_500;

/** What one number of shards gave. */
export interface FeedbackRate {
  readonly shards: number;
  /** Median of the rounds. */
  readonly perSecond: number;
  /** Answers that were not 200, in all. */
  readonly failed: number;
}

const placementOf = (shards: number): string => `by-${shards}`;

const DOCUMENTS = SHARDS.flatMap((shards) => [
  { kind: 'placement', id: placementOf(shards), name: placementOf(shards) },
  {
    ...{ kind: 'campaign', id: placementOf(shards), name: placementOf(shards), placements: [placementOf(shards)] },
    ...{ objective: { goal: 'click' }, arms: ['a', 'b', 'c'].map((id) => ({ id, content: { text: id } })), shards },
  },
]);

/** Decides for customers who were never seen, and keeps what tells of their exposures. */
async function exposures(target: Target, placement: string, from: number, events: number): Promise<Call[]> {
  const calls: Call[] = [];
  let next = from;
  const client = async () => {
    while (next < from + events) {
      const body = JSON.stringify({ placements: [placement], customer: { id: `${placement}-${next++}` } });
      const { text } = await target.send({ path: '/v1/optimize', body });
      const { decisions } = JSON.parse(text) as { decisions: { token?: string }[] };
      const token = decisions[0]?.token;
      if (token) calls.push({ path: '/v1/feedback', body: JSON.stringify({ token, kind: 'exposure' }) });
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return calls;
}

/** Stretches of each number of shards, round by round in turns; the first round warms up. */
export async function feedbackRates(
  root: string,
  state: string,
  rounds: number,
  stretchMs: number,
): Promise<FeedbackRate[]> {
  const directPort = await choosePort(undefined, 19_257);
  const port = await choosePort(undefined, 19_277);
  const stack = await startStack({
    root,
    port,
    stateDir: join(state, 'stack'),
    demoFile: join(state, 'demo.json'),
    directPort,
  });
  const target = new Target(directPort, { authorization: `Bearer ${stack.keys.secretKey}` });
  const rates = new Map<number, number[]>(SHARDS.map((shards) => [shards, []]));
  const failures = new Map<number, number>();
  try {
    const pushed = await target.send({ path: '/v1/push', body: JSON.stringify({ documents: DOCUMENTS }) });
    if (pushed.status !== 200) throw new Error(`/v1/push: ${pushed.status} ${pushed.text}`);
    const events = Math.ceil((TOKENS_PER_SECOND * stretchMs) / 1_000);
    for (let round = -1; round < rounds; round += 1) {
      // What a stretch leaves behind (alarms, objects that go) meets the next: each of them follows each other one.
      const first = (round + 1) % SHARDS.length;
      for (const shards of [...SHARDS.slice(first), ...SHARDS.slice(0, first)]) {
        const calls = await exposures(target, placementOf(shards), (round + 1) * events, events);
        const { answered, failed, seconds } = await closedLoop(target, () => calls.pop(), CLIENTS, stretchMs);
        if (round < 0) continue;
        rates.get(shards)!.push(answered / seconds);
        failures.set(shards, (failures.get(shards) ?? 0) + failed);
      }
    }
  } finally {
    target.end();
    await stack.runtime.stop();
  }
  return SHARDS.map((shards) => ({
    shards,
    perSecond: rates.get(shards)!.toSorted((one, other) => one - other)[rounds >> 1]!,
    failed: failures.get(shards) ?? 0,
  }));
}
