/** Load over HTTP: closed loop (as many as can be answered) and open loop (arrivals that wait for nobody). */
import { Agent, request } from 'node:http';
import type { Random } from '../../decisioning/random.ts';

/** A request that may be sent: its path with its body. */
export interface Call {
  readonly path: string;
  readonly body: string;
  /** What its answer holds when all went as meant; nothing is looked for where absent. */
  readonly expects?: string;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

const isMeant = ({ expects }: Call, { status, text }: Answer): boolean =>
  status === 200 && (expects === undefined || text.includes(expects));

/** An address with its headers; connections stay open. */
export class Target {
  readonly #agent: Agent;
  readonly #port: number;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(port: number, headers: Readonly<Record<string, string>>, maxSockets = 512) {
    this.#agent = new Agent({ keepAlive: true, maxSockets });
    this.#port = port;
    this.#headers = headers;
  }

  /** A connection that was left idle may be closed just as it is used again: sent once more then. @throws what the connection says when it breaks */
  async send(call: Call): Promise<Answer> {
    try {
      return await this.#sendOnce(call);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
      return this.#sendOnce(call);
    }
  }

  #sendOnce({ path, body }: Call): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = {
        ...this.#headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      };
      const options = { host: '127.0.0.1', port: this.#port, path, method: 'POST', agent: this.#agent, headers };
      const sent = request(options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  end(): void {
    this.#agent.destroy();
  }
}

/** What one stretch of load gave. */
export interface Stretch {
  readonly answered: number;
  /** Answers that were not 200, or not what the call expects. */
  readonly failed: number;
  readonly seconds: number;
  /** Milliseconds of each answer; in an open loop from the moment at which it should have been sent. */
  readonly times: readonly number[];
  /** Arrivals of an open loop that found {@link MAX_OPEN} others under way. */
  readonly notSent?: number;
}

/** Answers that were meant, a second: a wrong answer is no throughput. */
export const meantPerSecond = ({ answered, failed, seconds }: Stretch): number => (answered - failed) / seconds;

/** Clients that ask again as soon as they are answered, for so long or until there is nothing left to ask. */
export async function closedLoop(
  target: Target,
  next: () => Call | undefined,
  clients: number,
  ms: number,
): Promise<Stretch> {
  const times: number[] = [];
  let failed = 0;
  const startMs = performance.now();
  const client = async () => {
    while (performance.now() - startMs < ms) {
      const call = next();
      if (!call) return;
      const sentMs = performance.now();
      const answer = await target.send(call);
      times.push(performance.now() - sentMs);
      if (!isMeant(call, answer)) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { answered: times.length, failed, seconds: (performance.now() - startMs) / 1_000, times };
}

/** Requests of an open loop that may be under way: arrivals beyond it are not sent but counted, so that a loop of more than can be answered ends. */
const MAX_OPEN = 500;

/** Arrivals by a Poisson process, so many a second, for so long or until there is nothing left to ask. Nobody waits for an answer before the next is sent. */
export async function openLoop(
  target: Target,
  next: () => Call | undefined,
  perSecond: number,
  ms: number,
  random: Random,
): Promise<Stretch> {
  const times: number[] = [];
  const open = new Set<Promise<void>>();
  let failed = 0;
  let notSent = 0;
  const startMs = performance.now();
  const send = async (call: Call, dueMs: number) => {
    const answer = await target.send(call);
    times.push(performance.now() - startMs - dueMs);
    if (!isMeant(call, answer)) failed += 1;
  };
  for (let dueMs = 0; dueMs < ms; dueMs += (-Math.log(1 - random.next()) / perSecond) * 1_000) {
    const aheadMs = startMs + dueMs - performance.now();
    if (aheadMs > 1) await new Promise((resolve) => setTimeout(resolve, aheadMs));
    if (open.size >= MAX_OPEN) {
      notSent += 1;
      // Answers come in only when this loop lets them.
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    const call = next();
    if (!call) break;
    const sent = send(call, dueMs);
    open.add(sent);
    void sent.finally(() => open.delete(sent));
  }
  await Promise.all(open);
  return { answered: times.length, failed, seconds: (performance.now() - startMs) / 1_000, times, notSent };
}
