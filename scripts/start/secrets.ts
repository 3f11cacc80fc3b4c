/** The runtime's secrets on this machine: drawn once, kept in `.dev.vars`, which git ignores and wrangler reads too. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** 256 bits, in hex. */
const secretHex = (): string => randomBytes(32).toString('hex');

const MAKERS: Readonly<Record<string, () => string>> = {
  NAMING_SECRET: secretHex,
  TOKEN_KEYS: () => `k1:${secretHex()}`,
  SITE_SECRET_ROOT: secretHex,
};

/** Adds the secrets that the file lacks; those that are there stay, since tokens and object names depend on them. */
export function ensureSecrets(file: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const missing = Object.entries(MAKERS).filter(([name]) => !new RegExp(`^\\s*${name}\\s*=`, 'm').test(text));
  if (missing.length === 0) return;
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  const lines = missing.map(([name, make]) => `${name}=${make()}\n`).join('');
  // Readable by nobody else: whoever has these can forge tokens.
  writeFileSync(file, text + separator + lines, { mode: 0o600 });
}
