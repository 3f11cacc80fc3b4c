/** More isolates of one worker, as the platform has them: each has memory of its own; objects, database, buckets and the cache are shared. For benchmarks. */

/** One more isolate, with an address of its own. */
export interface Twin {
  readonly port: number;
  /** What each of its calls to the publisher takes longer: as far away as another continent's. */
  readonly publisherDelayMs?: number;
  /**
   * Copies of the worker's module, each as a new isolate has it: the header `x-copy` says which one answers (0 without). `/load` evaluates one and does
   * nothing else, so that what is measured behind it is what an isolate does not know, not its code.
   */
  readonly copies?: number;
}

/** `publisher-calls;dur=N` in the answer's Server-Timing: calls to the publisher that had begun by then. */
const ENTRY = (copies: number, delayMs: number): string => `
const copies = [${Array.from({ length: copies }, (_, i) => `() => import('./copy-${i}.mjs')`).join(', ')}];
const loaded = [];
const envs = [];
const calls = new WeakMap();

function away(env, counted) {
  const stub = (target) => new Proxy(target, {
    get: (_, method) => typeof method !== 'string' || method === 'then' ? undefined : async (...args) => {
      counted.begun += 1;
      await scheduler.wait(${delayMs});
      return target[method](...args);
    },
  });
  const namespace = { getByName: (name) => stub(env.PUBLISHER.getByName(name)), jurisdiction: () => namespace };
  return { ...env, PUBLISHER: namespace };
}

export default {
  async fetch(request, env, ctx) {
    const copy = Number(request.headers.get('x-copy') ?? 0);
    loaded[copy] ??= (await copies[copy]()).default;
    // One environment for all requests, as an isolate has it: what is counted by it stays.
    if (!envs[copy]) {
      const counted = { begun: 0 };
      envs[copy] = away(env, counted);
      calls.set(envs[copy], counted);
    }
    if (new URL(request.url).pathname === '/load') return new Response('');
    const counted = calls.get(envs[copy]);
    const before = counted.begun;
    const answer = await loaded[copy].fetch(request, envs[copy], ctx);
    const headers = new Headers(answer.headers);
    headers.append('server-timing', 'publisher-calls;dur=' + (counted.begun - before));
    return new Response(answer.body, { status: answer.status, headers });
  },
};
`;

/** As much of a worker's description as is not shared. */
interface Described {
  readonly durableObjects?: unknown;
  readonly queueConsumers?: unknown;
  readonly cronTriggers?: unknown;
  readonly assets?: unknown;
}

/**
 * @param worker the worker as it is described to miniflare, under its name
 * @param script the worker's module
 * @returns as many workers, without what one alone may have: objects, queues, static files
 */
export function twinWorkers<T extends Described>(
  worker: T & { readonly name: string; readonly rootPath: string },
  script: string,
  twins: readonly Twin[],
) {
  const { durableObjects = {}, queueConsumers: _queue, cronTriggers: _cron, assets: _assets, ...shared } = worker;
  const bound = Object.entries(durableObjects as Record<string, { className: string; scriptName?: string }>).map(
    ([binding, { className, scriptName = worker.name }]) =>
      [binding, { className, scriptName, useSQLite: true }] as const,
  );
  return twins.map(({ port, publisherDelayMs = 0, copies = 1 }, i) => ({
    ...shared,
    name: `${worker.name}-twin-${i}`,
    durableObjects: Object.fromEntries(bound),
    modules: [
      { type: 'ESModule' as const, path: `${worker.rootPath}/twin.mjs`, contents: ENTRY(copies, publisherDelayMs) },
      ...Array.from({ length: copies }, (_, copy) => ({
        type: 'ESModule' as const,
        path: `${worker.rootPath}/copy-${copy}.mjs`,
        contents: script,
      })),
    ],
    unsafeDirectSockets: [{ host: '127.0.0.1', port }],
  }));
}
