import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defaultExclude, defineConfig, type Plugin } from 'vitest/config';
import { Turns } from './tests/turns.ts';

const workerdTests = [
  'durable-objects/**/*.test.ts',
  'worker/**/*.test.ts',
  'db/**/*.test.ts',
  'tests/workerd/**/*.test.ts',
];

/** Secrets of the tests' runtime: values of the right shape that protect nothing. */
const testSecrets = {
  NAMING_SECRET: '11'.repeat(32),
  TOKEN_KEYS: `k1:${'22'.repeat(32)}`,
  SITE_SECRET_ROOT: '33'.repeat(32),
};

// Wrangler looks for the secrets that wrangler.toml requires in the environment, and warns of those it does not find.
Object.assign(process.env, testSecrets);

/** Whether `npm test` runs everything: first what runs in workerd, then pages, which mostly wait, beside what computes in Node. */
const isWhole = process.env.HYPEREDGE_ALL_TESTS === '1';
/** Each worker may hold a workerd or a browser of its own: more of them than this only makes all of them slow. */
const cores = Math.min(availableParallelism(), 4);
/** A runtime waits for its clock now and then. */
const first = { maxWorkers: cores + 1, sequence: { groupOrder: 0 } };
/** Of the files that run at a time about half are pages, which leave a core to others most of the time. */
const then = isWhole ? { maxWorkers: cores + 2, sequence: { groupOrder: 1 } } : {};

const nodeTests = [
  '{contract,decisioning,cli,client-snippet,bench,models,scripts,simulations}/**/*.test.ts',
  'tests/node/**/*.test.ts',
];
/** Those that change what a process shares (clock, chance, output), or start stacks. The others may share one. */
const apartTests = [
  '{simulations,scripts}/**/*.test.ts',
  'tests/node/**/*.test.ts',
  'cli/commands/{learning,models}.test.ts',
];

/** Room for a busy machine: a test that hangs is found out all the same. */
const patience = { testTimeout: 60_000, hookTimeout: 60_000 };

/** Packages are found as programs find them: vitest's own condition `development` leads to some packages' sources, which Node does not load. */
const asPrograms: Plugin = {
  name: 'as-programs',
  configResolved({ ssr }) {
    if (ssr.resolve) ssr.resolve.conditions = [];
  },
};

/** By Node's own loader: it strips types, too, and what computes takes a third of the time it takes through vite's. */
const nodeProject = (test: object) => ({
  plugins: [asPrograms],
  test: {
    name: 'node',
    environment: 'node' as const,
    ...patience,
    ...then,
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // The objects' own code runs in `simulations/faults/`, over a platform that is simulated.
    setupFiles: ['./simulations/faults/resolve.ts', ...(isWhole ? ['./tests/node/give-way.ts'] : [])],
    ...test,
  },
});

/** By themselves each in a process of its own; where all of them run, starting one takes as long as most of the tests. */
const nodeProjects = isWhole
  ? [
      nodeProject({ include: nodeTests, exclude: [...apartTests, ...defaultExclude], isolate: false }),
      nodeProject({ name: 'node, apart', include: apartTests }),
    ]
  : [nodeProject({ include: nodeTests })];

/** One project per host: the pure core and the tools in Node, the platform's parts in workerd, the page in a real browser. */
export default defineConfig({
  test: {
    // The runtime logs a line a request: shown where a test fails, noise everywhere else.
    silent: 'passed-only',
    ...(isWhole && { sequence: { sequencer: Turns } }),
    projects: [
      ...nodeProjects,
      {
        // Shipped models reach workerd as text.
        assetsInclude: ['**/*.onnx'],
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.whole.toml' },
            miniflare: {
              bindings: {
                ...testSecrets,
                // Tests run hundreds of requests at a time on busy machines; what a deadline does is tested with its own.
                DECIDE_DEADLINE_MS: '20000',
                // For the same reason: what is refused under load is tested where it is switched on.
                SHIELD: 'off',
                // Every line is looked at.
                LOG_ONE_IN: '1',
                // Seeds of the storm of capped requests; `npm run prove:caps` asks for all of them.
                ...(process.env.CAP_SEEDS && { CAP_SEEDS: process.env.CAP_SEEDS }),
                ...(process.env.SLOW_PART_MS && { SLOW_PART_MS: process.env.SLOW_PART_MS }),
                ...(process.env.ABORT_SEEDS && { ABORT_SEEDS: process.env.ABORT_SEEDS }),
                ...(process.env.REWARD_TOKENS && { REWARD_TOKENS: process.env.REWARD_TOKENS }),
                // Applied by the setup file, since every test file starts with an empty database.
                TEST_MIGRATIONS: existsSync('migrations') ? await readD1Migrations('migrations') : [],
              },
            },
          })),
        ],
        test: {
          name: 'workerd',
          ...patience,
          include: workerdTests,
          // Makes the runtime as new for each file: starting one takes longer than most of them.
          isolate: false,
          setupFiles: ['./tests/workerd/migrate.ts'],
          // Two cores: starting more runtimes at a time than that makes each of them slower.
          ...(isWhole ? first : { maxWorkers: 2 }),
        },
      },
      {
        test: {
          name: 'browser',
          environment: 'node',
          include: ['tests/browser/**/*.test.ts'],
          // A machine that stands still for two seconds makes a page rightly show its own content: once or twice more then, and the report says so.
          retry: 2,
          // By themselves one at a time: two on two cores would measure each other's waiting.
          ...(isWhole ? then : { fileParallelism: false, maxWorkers: 1 }),
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
