/** Hyperedge in workerd on this machine: its workers bundled, its objects and database kept on disk, cron jobs on time. */
import { createWriteStream, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions as workerOptionsOf } from 'wrangler';
import { bundleOf } from './bundle.ts';
import { childrenNamed, endWithThisProcess } from './processes.ts';
import { type Twin, twinWorkers } from './twins.ts';

const RUNTIME_PROGRAM = 'workerd';
/** The worker that cron jobs run in. */
const CONTROL = 'hyperedge-control';
/** Cron expressions have a resolution of one minute. */
const CRON_INTERVAL_MS = 60_000;
/** Past this the log of one run stops growing: nobody reads more, and a disk must not fill up. */
const MAX_LOG_BYTES = 50 * 1_024 * 1_024;

export interface RuntimeOptions {
  /** The project's folder, which holds the configurations of the workers and .dev.vars. */
  readonly root: string;
  /** Where state is kept: wrangler's own place and layout, so that its local commands see the same data. */
  readonly stateDir: string;
  /** Folder of the static files. */
  readonly assets: string;
  readonly logFile: string;
  readonly port: number;
  /** Variables of the workers besides those of their configurations. */
  readonly vars?: Readonly<Record<string, string>>;
  /** Also the worker of wrangler.pages.toml, on a port of its own: `sites` is its EDGE_SITES. */
  readonly pages?: { readonly port: number; readonly sites: object };
  /** Also an address of the worker in front itself, which then has no static files: the usual one has proxies before it, which cost each request some. For benchmarks. */
  readonly directPort?: number;
  /** Also these workers, each with an address of its own: what benchmarks race the worker against. */
  readonly beside?: readonly Beside[];
  /** Also an address at which workerd's inspector listens: for profiles. */
  readonly inspectorPort?: number;
  /** Also these isolates of the worker. */
  readonly twins?: readonly Twin[];
}

/** A small worker of one module beside ours, with one class of objects. */
export interface Beside {
  readonly name: string;
  readonly script: string;
  readonly port: number;
  /** Name of the binding and of the class, which it exports. */
  readonly objects: { readonly binding: string; readonly className: string };
}

export interface Runtime {
  readonly database: D1;
  /** Of workerd; undefined where processes cannot be listed. */
  readonly processId: number | undefined;
  /** Runs the cron jobs once, now. */
  runJobs(): Promise<void>;
  /** Ends workerd and everything else that was started. */
  stop(): Promise<void>;
}

/** As much of D1 as starting needs. */
export interface D1 {
  prepare(sql: string): D1Statement;
  batch(statements: D1Statement[]): Promise<unknown>;
}
export interface D1Statement {
  bind(...values: unknown[]): D1Statement;
  all(): Promise<{ results: Record<string, unknown>[] }>;
  run(): Promise<unknown>;
}

/** The worker in front of a site, reached without the proxy that the others share: it would compress, and name another host. */
async function pagesWorker({ root, vars }: RuntimeOptions, { port, sites }: NonNullable<RuntimeOptions['pages']>) {
  const { workerOptions } = workerOptionsOf(join(root, 'wrangler.pages.toml'));
  const script = await bundleOf(join(root, 'worker/pages/entry.ts'));
  return {
    ...workerOptions,
    // The site that is filled is on this laptop, too.
    bindings: {
      ...(workerOptions.bindings as object | undefined),
      ...vars,
      EDGE_SITES: sites as never,
      EDGE_LOCAL_ORIGINS: '1',
    },
    name: 'hyperedge-pages',
    rootPath: root,
    modules: [{ type: 'ESModule' as const, path: join(root, 'pages.mjs'), contents: script }],
    unsafeDirectSockets: [socketAt(port)],
  };
}

const socketAt = (port: number) => ({ host: '127.0.0.1', port });

const besideWorker = (root: string, { name, script, port, objects }: Beside) => ({
  name,
  rootPath: root,
  compatibilityDate: '2026-11-01',
  modules: [{ type: 'ESModule' as const, path: join(root, `${name}.mjs`), contents: script }],
  durableObjects: { [objects.binding]: { className: objects.className, useSQLite: true } },
  unsafeDirectSockets: [socketAt(port)],
});

/** Locally two workers of the tool stand before one that has static files, and cost more than a decision does; the platform has none of them. */
function withoutAssets<T extends object>(options: T): Omit<T, 'assets'> {
  const { assets: _, ...others } = options as T & { readonly assets?: unknown };
  return others;
}

/** Under this name all local objects are kept, whichever of the workers has their classes. */
const KEPT_AS = 'hyperedge';

/** A worker as its configuration describes it, in the form of miniflare 4, with its module. */
async function described({ root, vars }: RuntimeOptions, config: string, entry: string, overrides = {}) {
  const { workerOptions } = workerOptionsOf(join(root, config), undefined, overrides);
  return {
    worker: {
      ...workerOptions,
      bindings: { ...(workerOptions.bindings as object | undefined), ...vars },
      rootPath: root,
    },
    script: await bundleOf(join(root, entry)),
    module: (script: string) => [
      { type: 'ESModule' as const, path: join(root, `${basename(entry, '.ts')}.mjs`), contents: script },
    ],
  };
}

/** The workers behind the one in front. */
async function workersBehind(settings: RuntimeOptions) {
  const control = await described(settings, 'wrangler.control.toml', 'worker/control.ts');
  const objects = await described(settings, 'wrangler.objects.toml', 'worker/objects.ts');
  const classes = Object.entries(
    (objects.worker as { durableObjects?: Record<string, { className: string }> }).durableObjects ?? {},
  );
  const kept = classes.map(([binding, { className }]) => [
    binding,
    { className, useSQLite: true, unsafeUniqueKey: `${KEPT_AS}-${className}` },
  ]);
  return [
    { ...control.worker, name: CONTROL, modules: control.module(control.script) },
    {
      ...objects.worker,
      name: 'hyperedge-objects',
      durableObjects: Object.fromEntries(kept),
      modules: objects.module(objects.script),
    },
  ];
}

/**
 * Starts the three workers as their configurations describe them. Not through `wrangler dev`: its proxies cost each request most of its time, and it takes
 * over the screen.
 */
export async function startRuntime(settings: RuntimeOptions): Promise<Runtime> {
  const { root, stateDir, assets, logFile, port } = settings;
  // wrangler would tell which file it has the secrets from, in the middle of our screen.
  process.env.WRANGLER_LOG ??= 'error';
  const overrides = { overrides: { assets: { directory: assets } } };
  const { worker, script, module } = await described(settings, 'wrangler.toml', 'worker/index.ts', overrides);
  const front = { ...(settings.directPort ? withoutAssets(worker) : worker), name: 'hyperedge' };
  const behind = await workersBehind(settings);
  const pages = settings.pages ? [await pagesWorker(settings, settings.pages)] : [];
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile, { mode: 0o600 });
  const options = convertV4MiniflareOptions({
    workers: [
      {
        ...front,
        modules: module(script),
        ...(settings.directPort && { unsafeDirectSockets: [socketAt(settings.directPort)] }),
      },
      ...behind,
      ...pages,
      ...twinWorkers(front, script, settings.twins ?? []),
      ...(settings.beside ?? []).map((beside) => besideWorker(root, beside)),
    ],
    host: '127.0.0.1',
    port,
    logRequests: false,
    ...(settings.inspectorPort && { inspectorPort: settings.inspectorPort }),
    // Requests have no place of their own here; asking for this machine's would need a network.
    cf: false,
    resourcePersistencePath: join(stateDir, 'v3'),
    handleStructuredLogs: ({ message }) => {
      if (log.bytesWritten < MAX_LOG_BYTES) log.write(`${message}\n`);
    },
  });
  const before = childrenNamed(RUNTIME_PROGRAM);
  const miniflare = new Miniflare(options);
  await miniflare.ready;
  const processId = childrenNamed(RUNTIME_PROGRAM).find((pid) => !before.includes(pid));
  const endWatch = processId === undefined ? () => undefined : endWithThisProcess(processId, RUNTIME_PROGRAM);
  const database = (await miniflare.getD1Database('DB')) as unknown as D1;
  const runJobs = async () => {
    const worker = await miniflare.getWorker(CONTROL);
    await worker.scheduled({ cron: '* * * * *' });
  };
  // workerd does not run cron triggers by itself. A job that fails has logged why, and is run again a minute later.
  const cron = setInterval(() => runJobs().catch(() => {}), CRON_INTERVAL_MS);
  return {
    database,
    processId,
    runJobs,
    async stop() {
      clearInterval(cron);
      await miniflare.dispose();
      endWatch();
      log.end();
    },
  };
}
