import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
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

/** Whether `npm test` runs everything: pages that wait then share the cores with what computes. */
const isWhole = process.env.HYPEREDGE_ALL_TESTS === '1';

/** Room for a busy machine: a test that hangs is found out all the same. */
const patience = { testTimeout: 30_000, hookTimeout: 30_000 };

/** One project per host: the pure core and the tools in Node, the platform's parts in workerd, the page in a real browser. */
export default defineConfig({
  test: {
    // The runtime logs a line a request: shown where a test fails, noise everywhere else.
    silent: 'passed-only',
    ...(isWhole && { sequence: { sequencer: Turns } }),
    projects: [
      {
        // The objects' own code runs in `simulations/faults/`, over a platform that is simulated.
        resolve: {
          alias: {
            'cloudflare:workers': fileURLToPath(new URL('./simulations/faults/workers-double.ts', import.meta.url)),
          },
        },
        test: {
          name: 'node',
          environment: 'node',
          ...patience,
          ...(isWhole && { setupFiles: ['./tests/node/give-way.ts'] }),
          include: [
            '{contract,decisioning,cli,client-snippet,bench,models,scripts,simulations}/**/*.test.ts',
            'tests/node/**/*.test.ts',
          ],
        },
      },
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
                ...(process.env.FUZZ_REQUESTS && { FUZZ_REQUESTS: process.env.FUZZ_REQUESTS }),
                ...(process.env.FUZZ_SEED && { FUZZ_SEED: process.env.FUZZ_SEED }),
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
          setupFiles: ['./tests/workerd/migrate.ts'],
          // Two cores: starting more runtimes at a time than that makes each of them slower.
          ...(!isWhole && { maxWorkers: 2 }),
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
          ...(!isWhole && { fileParallelism: false, maxWorkers: 1 }),
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
