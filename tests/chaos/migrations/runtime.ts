/** A bare runtime on disk for a worker of tests: the project's objects by their names, no assets, nothing on time. */
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { childrenNamed, endWithThisProcess } from '../../../scripts/start/processes.ts';

const RUNTIME_PROGRAM = 'workerd';
const CLASSES = {
  CUSTOMER: 'CustomerObject',
  CAMPAIGN_SHARD: 'CampaignShardObject',
  CAMPAIGN_ROOT: 'CampaignRootObject',
  PUBLISHER: 'PublisherObject',
  BUDGET: 'BudgetObject',
} as const;

/** Bindings and classes of the objects. */
export const KINDS = Object.keys(CLASSES) as (keyof typeof CLASSES)[];

export interface Bare {
  readonly ask: <T>(path: string) => Promise<T>;
  readonly database: Awaited<ReturnType<Miniflare['getD1Database']>>;
  /** SIGKILL of workerd. */
  kill(): void;
  stop(): Promise<void>;
}

/**
 * Starts a worker over the state in a folder; workers that have the same classes have the same objects.
 *
 * @param heard gets every line that the worker logs
 */
export async function startBare(
  script: string,
  stateDir: string,
  bindings: Readonly<Record<string, string>>,
  heard: (line: string) => void = () => undefined,
): Promise<Bare> {
  const before = childrenNamed(RUNTIME_PROGRAM);
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      logRequests: false,
      handleStructuredLogs: ({ message }) => heard(message),
      resourcePersistencePath: stateDir,
      workers: [
        {
          name: 'hyperedge',
          modules: [{ type: 'ESModule', path: 'index.mjs', contents: script }],
          compatibilityDate: '2026-11-01',
          compatibilityFlags: ['nodejs_compat'],
          bindings: { NAMING_SECRET: '11'.repeat(32), ...bindings },
          d1Databases: { DB: 'migrations' },
          durableObjects: Object.fromEntries(
            Object.entries(CLASSES).map(([name, className]) => [name, { className, useSQLite: true }]),
          ),
        },
      ],
    }),
  );
  const url = await miniflare.ready;
  const processId = childrenNamed(RUNTIME_PROGRAM).find((pid) => !before.includes(pid));
  if (processId === undefined) throw new Error('the runtime has no process that can be killed');
  const endWatch = endWithThisProcess(processId, RUNTIME_PROGRAM);
  return {
    ask: async <T>(path: string): Promise<T> => {
      const response = await fetch(new URL(path, url));
      if (!response.ok) throw new Error(`${path}: ${response.status} ${(await response.text()).slice(0, 200)}`);
      return (await response.json()) as T;
    },
    database: await miniflare.getD1Database('DB'),
    kill: () => process.kill(processId, 'SIGKILL'),
    async stop() {
      await miniflare.dispose();
      endWatch();
    },
  };
}
