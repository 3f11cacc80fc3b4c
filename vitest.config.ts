import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

const workerdTests = ['durable-objects/**/*.test.ts', 'worker/**/*.test.ts', 'db/**/*.test.ts', 'tests/workerd/**/*.test.ts'];

/** One project per host: the pure core and the tools in Node, the platform's parts in workerd, the page in a real browser. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['{contract,decisioning,cli,client-snippet,bench,scripts}/**/*.test.ts', 'tests/node/**/*.test.ts'],
        },
      },
    ],
  },
});
