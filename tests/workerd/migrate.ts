/**
 * Makes the runtime as new for a test file, since files share it: no objects and no rows of the file before, modules loaded anew, bindings
 * and clock as they were, and the database up to date before the first test.
 */
import { applyD1Migrations, type D1Migration, reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';

const bindings = env as unknown as Record<string, unknown> & { DB: D1Database; TEST_MIGRATIONS: D1Migration[] };
/** Survives the modules of a file: what the runtime was started with. */
const runtime = globalThis as { startedWith?: Readonly<Record<string, unknown>> };

if (runtime.startedWith) {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  for (const name of Object.keys(bindings)) if (!(name in runtime.startedWith)) delete bindings[name];
  Object.assign(bindings, runtime.startedWith);
  vi.resetModules();
  await reset();
}
runtime.startedWith ??= { ...bindings };
await applyD1Migrations(bindings.DB, bindings.TEST_MIGRATIONS);
