import { defineConfig } from 'drizzle-kit';

/** `npx drizzle-kit generate` turns a change of the schema into the next file of `migrations/`; wrangler applies them in order. */
export default defineConfig({ dialect: 'sqlite', schema: './db/schema.ts', out: './migrations' });
