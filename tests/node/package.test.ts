/** The npm package as its users get it: packed, and checked by what they would check it with. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { build } from 'esbuild';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PACKAGE_BUDGETS } from '../../client-snippet/budgets.ts';
import { buildPackage } from '../../scripts/package/build.ts';
import { namedImports } from '../../scripts/package/modules.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hyperedge-package-'));
const dist = join(folder, 'node_modules/@hyperedge/client');
const ENTRIES = ['@hyperedge/client', '@hyperedge/client/react', '@hyperedge/client/next', '@hyperedge/client/native'];
let tarball: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  await buildPackage(dist);
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(join(root, 'node_modules/react'), join(folder, 'node_modules/react'));
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const [packed] = JSON.parse(
    execFileSync(npm, ['pack', '--json', '--loglevel=error', '--pack-destination', folder], {
      cwd: dist,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  tarball = new Uint8Array(readFileSync(join(folder, packed.filename)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Compiles a file that uses the package; returns what the compiler has against it. */
function compile(name: string, source: string, lib: string): string {
  const file = join(folder, name);
  writeFileSync(file, source);
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--moduleResolution',
    'nodenext',
    '--target',
    'es2023',
  ];
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, ...options, '--lib', lib, '--types', '', '--ignoreConfig', file];
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }).stdout;
}

/** What a bundler makes of a module, minified and gzipped, in bytes. */
async function weigh(source: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: folder },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    external: ['react'],
    logLevel: 'error',
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

describe('the npm package', () => {
  test('passes publint', async () => {
    const { messages } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
    expect(messages).toEqual([]);
  });

  test('its types are what a bundler and Node find for every entry', async () => {
    const { types, problems, entrypoints } = (await checkPackage(createPackageFromTarballData(tarball))) as never as {
      types: unknown;
      problems: { kind: string; resolutionKind?: string; resolutionOption?: string; entrypoint?: string }[];
      entrypoints: object;
    };
    expect(types).toMatchObject({ kind: 'included' });
    expect(Object.keys(entrypoints)).toEqual(
      expect.arrayContaining(['.', './react', './next', './native', './parts/events']),
    );
    // Modules only: what `require` and compilers from before `exports` would find is not promised.
    const promised = problems.filter(
      ({ resolutionKind, kind }) =>
        !['node10', 'node16-cjs'].includes(resolutionKind ?? '') && kind !== 'CJSResolvesToESM',
    );
    expect(promised).toEqual([]);
  });

  test('holds nothing but what its manifest names', () => {
    const names = [
      ...gunzipSync(tarball)
        .toString('latin1')
        .matchAll(/package\/[\w./-]+/g),
    ].map(([name]) => name);
    expect(names.filter((name) => /\.ts$/.test(name) && !/\.d\.ts$/.test(name))).toEqual([]);
    expect(names).toContain('package/README.md');
  });

  test('imports in Node without touching a document, and does nothing there', () => {
    const source = `
      for (const name of ['document', 'window', 'localStorage', 'location', 'navigator', 'addEventListener', 'fetch'])
        Object.defineProperty(globalThis, name, { get() { if (name !== 'document') throw new Error('touched ' + name); } });
      const all = await Promise.all(${JSON.stringify(ENTRIES)}.map((name) => import(name)));
      const { start, decide, convert, consent, reset, identify } = all[0];
      start({ key: 'pk_x', api: 'https://x.example' });
      convert('a'); consent('granted'); identify('b'); reset();
      console.log(await decide('hero'));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout.trim()).toBe('null');
  });

  test('a site pays for what it imports', async () => {
    const one = await weigh(`import { start, decide } from '@hyperedge/client'; start({}); decide('a');`);
    const all = await weigh(`import * as all from '@hyperedge/client'; console.log(all);`);
    expect(await weigh(`import '@hyperedge/client'; import '@hyperedge/client/react';`)).toBeLessThan(50);
    expect(one).toBeLessThan(all - 300);
  });

  test.each(ENTRIES)('%s is within its budget', async (entry) => {
    const bytes = await weigh(`import * as all from '${entry}'; console.log(all);`);
    expect(bytes).toBeLessThanOrEqual(PACKAGE_BUDGETS[entry] ?? 0);
    expect(bytes).toBeGreaterThan(500);
  });

  test('React and pages share one state', async () => {
    const client = await import(pathToFileURL(join(dist, 'index.js')).href);
    expect(readFileSync(join(dist, 'react.js'), 'utf8')).toMatch(/from "\.\/shared\/client\.js"/);
    expect(readFileSync(join(dist, 'react.js'), 'utf8')).toMatch(/^"use client";/);
    expect(readFileSync(join(dist, 'index.js'), 'utf8')).toMatch(/from "\.\/shared\/client\.js"/);
    expect(Object.keys(client)).toContain('subscribe');
  });

  test('the types of the client for apps need no document', () => {
    const source = `
      import { start, decide, identify, on, seen, type AppOptions, type AppDecision } from '@hyperedge/client/native';
      const options: AppOptions = { key: 'pk_x', api: 'https://x.example', consent: 'granted', fetch: async () => ({ ok: true, status: 200, json: async () => ({}) }) };
      await start(options);
      const decision: AppDecision | null = await decide('home');
      if (decision?.offline) seen(decision);
      identify('crm-1', async () => '1800000000.proof');
      on('exposure', ({ placement }) => placement);
      // @ts-expect-error a wrong state of consent
      await start({ ...options, consent: 'perhaps' });`;
    expect(compile('app.mts', source, 'es2023')).toBe('');
    // The check bites: the client for pages does need one.
    expect(compile('page.mts', `import { watch } from '@hyperedge/client'; watch;`, 'es2023')).toMatch(/Element/);
  });
});

describe('addresses of lazy parts', () => {
  test('are written into the call, and unknown ones are refused', () => {
    expect(namedImports('let e="./html.js";await import(e)')).toContain('import("./html.js")');
    expect(() => namedImports('import(e+".js")')).toThrow(/not known/);
  });
});
