/** The demo's own keys: drawn on the first start, kept in a file that git ignores and only its owner reads. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { newKey, newSalt } from '../../cli/keys.ts';

const demoFile = z.object({
  workspace: z.string(),
  site: z.string(),
  /** Where it was reached last. */
  url: z.string(),
  publishableKey: z.string(),
  secretKey: z.string(),
  salt: z.string(),
});

export type DemoKeys = z.infer<typeof demoFile>;

/** Reads the file, or makes it; either way it names `url` afterwards. */
export function ensureDemoKeys(file: string, url: string): DemoKeys {
  const known = existsSync(file) ? demoFile.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data : undefined;
  const keys = known ?? {
    workspace: 'demo',
    site: 'shop',
    publishableKey: newKey('publishable').key,
    secretKey: newKey('secret').key,
    salt: newSalt(),
  };
  const current = { ...keys, url };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(current, null, 2)}\n`, { mode: 0o600 });
  return current;
}
