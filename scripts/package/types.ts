/** The package's declarations, as the compiler writes them. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ENTRIES } from './manifest.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const snippet = join(root, 'client-snippet');

/** Compiler options that are not those of client-snippet/tsconfig.json: declarations alone, of the entries and what they import. */
const OPTIONS = ['--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--ignoreConfig'];
const SHARED = [
  '--target',
  'es2023',
  '--module',
  'esnext',
  '--moduleResolution',
  'bundler',
  '--strict',
  '--skipLibCheck',
];
const MORE = ['--allowImportingTsExtensions', '--exactOptionalPropertyTypes', '--lib', 'es2023,dom,dom.iterable'];

/** Declarations by their path in the package, `types/…`; only those that an entry leads to. Rejects with what the compiler says. */
export async function packageTypes(): Promise<Map<string, string>> {
  const out = await mkdtemp(join(tmpdir(), 'hyperedge-types-'));
  const sources = Object.values(ENTRIES).map(({ source }) => join(snippet, source));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [...OPTIONS, ...SHARED, ...MORE, '--types', '', '--rootDir', root, '--outDir', out, ...sources];
  try {
    await promisify(execFile)(process.execPath, [compiler, ...args], { cwd: root });
    const files = new Map<string, string>();
    const take = async (path: string): Promise<void> => {
      if (files.has(`types/${path}`)) return;
      const text = await readFile(join(out, 'client-snippet', path), 'utf8');
      files.set(`types/${path}`, text.replaceAll(/(from '[^']+)\.ts'/g, "$1.js'"));
      for (const [, target] of text.matchAll(/(?:from |import\()'(\.[^']+)\.ts'/g))
        await take(posix.join(dirname(path), `${target}.d.ts`));
    };
    for (const { source } of Object.values(ENTRIES)) await take(source.replace(/\.ts$/, '.d.ts'));
    return files;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
