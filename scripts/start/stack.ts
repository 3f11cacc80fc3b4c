/** Everything `npm start` runs, as one value: built, started, migrated, seeded. Browser tests start the same. */
import { join } from 'node:path';
import { buildAll, copyAssets } from './assets.ts';
import { ensureDemo } from './demo.ts';
import { type DemoKeys, ensureDemoKeys } from './demo-keys.ts';
import { edgePages, takeEdgeScript } from './edge.ts';
import { applyMigrations } from './migrations.ts';
import { keepProofs } from './proofs.ts';
import { type Beside, type Runtime, type RuntimeOptions, startRuntime } from './runtime.ts';
import { ensureSecrets } from './secrets.ts';

export interface StackOptions {
  /** The project's folder. */
  readonly root: string;
  readonly port: number;
  /** State of the runtime and its log. By default wrangler's own place; a test takes a folder of its own. */
  readonly stateDir?: string;
  /** The file of the demo's keys. */
  readonly demoFile?: string;
  /** Variables of the workers besides those of their configurations. */
  readonly vars?: Readonly<Record<string, string>>;
  /** Also a worker in front of a site, see {@link RuntimeOptions}; the demo's key stands for its own. */
  readonly pages?: (publishableKey: string) => NonNullable<RuntimeOptions['pages']>;
  /** These as {@link RuntimeOptions} has them. */
  readonly directPort?: number;
  readonly beside?: readonly Beside[];
  readonly inspectorPort?: number;
  readonly twins?: RuntimeOptions['twins'];
  /** Also the shop with its pages filled at the edge, on this port. */
  readonly edgePort?: number;
  /** Wraps each step, to show its progress. */
  readonly step?: <T>(title: string, work: () => Promise<T>) => Promise<T>;
}

export interface Stack {
  readonly url: string;
  /** The shop filled at the edge, where `edgePort` was named. */
  readonly edgeUrl?: string;
  readonly keys: DemoKeys;
  readonly logFile: string;
  readonly runtime: Runtime;
}

/** The runtime's log, in its state folder or in the usual one of the project. */
export const logFileOf = (root: string, stateDir = join(root, '.wrangler/state')): string =>
  join(stateDir, 'hyperedge.log');

/** Starts the whole. Nothing is left running when it throws. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { root, port, edgePort, step = (_title, work) => work() } = options;
  const stateDir = options.stateDir ?? join(root, '.wrangler/state');
  const url = `http://localhost:${port}`;
  const logFile = logFileOf(root, stateDir);
  const assets = join(stateDir, 'assets');
  ensureSecrets(join(root, '.dev.vars'));
  const keys = ensureDemoKeys(options.demoFile ?? join(root, '.hyperedge/demo.json'), url);
  await step('Building page script, API reference and demo', async () => {
    await buildAll(root);
    copyAssets(join(root, 'worker/assets/dist'), assets, keys.publishableKey);
    if (edgePort) takeEdgeScript(assets);
  });
  const edgeUrl = edgePort ? `http://localhost:${edgePort}` : undefined;
  const runtime = await step('Starting the runtime', () =>
    startRuntime({
      ...{ root, stateDir, assets, logFile, port },
      ...(options.vars && { vars: options.vars }),
      ...(options.directPort && { directPort: options.directPort }),
      ...(options.beside && { beside: options.beside }),
      ...(options.inspectorPort && { inspectorPort: options.inspectorPort }),
      ...(options.twins && { twins: options.twins }),
      ...(options.pages && { pages: options.pages(keys.publishableKey) }),
      ...(edgePort && { pages: edgePages(keys.publishableKey, url, edgePort) }),
    }),
  );
  try {
    await step('Migrating the database', () => applyMigrations(runtime.database, join(root, 'migrations')));
    const demo = {
      keys,
      campaigns: [join(root, 'examples/shop/campaigns'), join(root, 'examples/plan')],
      models: join(root, 'models'),
      origins: [url, `http://127.0.0.1:${port}`, ...(edgeUrl ? [edgeUrl] : [])],
      hasCookie: !!edgeUrl,
    };
    await step('Preparing the demo shop and its campaigns', () => ensureDemo(runtime.database, demo));
    await keepProofs(assets, keys);
    await step('Checking that it answers', () => checkHealth(url));
    return { url, ...(edgeUrl && { edgeUrl }), keys, logFile, runtime };
  } catch (error) {
    await runtime.stop();
    throw error;
  }
}

async function checkHealth(url: string): Promise<void> {
  const response = await fetch(`${url}/healthz`);
  if (!response.ok) throw new Error(`${url}/healthz answered ${response.status}`);
}
