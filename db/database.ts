import { drizzle } from 'drizzle-orm/d1';
import * as schema from './schema.ts';

/** The typed view of a D1 binding; cheap, holds no connection: make one per request. */
export function database(d1: D1Database) {
  return drizzle(d1, { schema });
}

export type Database = ReturnType<typeof database>;
