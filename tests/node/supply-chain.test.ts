/** What comes from others: which packages reach the worker, which may run scripts when they are installed, and that the lockfile says which bytes. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { projectFiles, projectRoot, readProjectFile } from './tidy/files.ts';

/** Packages in the worker's bundle: each is somebody who could change every decision. */
const MAX_RUNTIME_DEPENDENCIES = 8;

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readProjectFile('package.json')) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
};
const { lockfileVersion, packages } = JSON.parse(readProjectFile('package-lock.json')) as {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Locked>>;
};
const installed = Object.entries(packages).filter(([path]) => path !== '');
const nameOf = (path: string): string => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path;

/** Packages whose code is in a bundle of this entry. */
async function bundled(entry: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: [join(projectRoot, entry)],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2023',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    logLevel: 'silent',
  });
  const inputs = Object.keys(metafile.inputs).filter((path) => path.includes('node_modules/'));
  return [...new Set(inputs.map(nameOf))].sort();
}

/** Calls of the platform's own fetch and sockets, line by line; a handler that is called fetch is none. */
function outgoing(source: string): string[] {
  return source
    .split('\n')
    .filter((line) =>
      /(?<![.\w])fetch\(|\b(?:globalThis|self)\??\.fetch\b|new WebSocket\(|new EventSource\(|(?<![.\w#])connect\(|cloudflare:sockets/.test(
        line,
      ),
    )
    .filter((line) => !/^\s*(async )?fetch\([^)]*\)?.*\{$/.test(line) && !/^\s*(\/?\*|\/\/)/.test(line))
    .map((line) => line.trim());
}

describe('the supply chain', () => {
  test.each(['worker/index.ts', 'worker/control.ts', 'worker/pages/entry.ts'])(
    'at most eight runtime dependencies are in the bundle of %s, all of them named in package.json',
    async (entry) => {
      const found = await bundled(entry);
      expect(found.length).toBeGreaterThan(0);
      expect(found.length).toBeLessThanOrEqual(MAX_RUNTIME_DEPENDENCIES);
      const named = { ...manifest.dependencies, ...manifest.devDependencies };
      expect(found.filter((name) => !Object.hasOwn(named, name))).toEqual([]);
    },
    60_000,
  );

  test('the worker of the objects has none', async () => {
    expect(await bundled('worker/objects.ts')).toEqual([]);
  }, 60_000);

  test.each(['worker/index.ts', 'worker/pages/entry.ts'])(
    '%s, which is loaded wherever somebody asks, has no library for schemas: it checks requests without',
    async (entry) => expect(await bundled(entry)).not.toContain('zod'),
    60_000,
  );

  test('the lockfile is there and agrees with package.json, which names exact versions', () => {
    expect(lockfileVersion).toBe(3);
    const root = packages['']!;
    expect(root.dependencies).toEqual(manifest.dependencies);
    expect(root.devDependencies).toEqual(manifest.devDependencies);
    const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
    expect(all.filter(([name, version]) => packages[`node_modules/${name}`]?.version !== version)).toEqual([]);
  });

  test('the lockfile says the bytes of every package that can be installed where the tests run', () => {
    const unsigned = installed.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? ''));
    // Builds of a tool for other systems: npm takes them nowhere else, and one of them runs only where it was asked for.
    expect(unsigned.filter(([, { optional, os }]) => !(optional && os)).map(([path]) => path)).toEqual([]);
  });

  test('install scripts of packages are named in allowScripts, and nothing else is', () => {
    const scripted = [...new Set(installed.filter(([, each]) => each.hasInstallScript).map(([path]) => nameOf(path)))];
    expect(Object.keys(manifest.allowScripts).sort()).toEqual(scripted.sort());
  });
});

describe('outgoing requests', () => {
  test('a fetch, a socket and their import are found, a handler and a stub’s method are not', () => {
    const lines = ['  return await fetch(x);', "import { connect } from 'cloudflare:sockets';", 'new WebSocket(url)'];
    lines.push('const ask = globalThis.fetch;', 'self.fetch(x)');
    expect(outgoing(lines.join('\n'))).toHaveLength(5);
    expect(outgoing('  fetch(request, env, ctx) {\n await env.ASSETS.fetch(x);\n app.fetch(x);')).toEqual([]);
  });

  test('there is one in worker, objects and database: to the server of a site whose pages are filled', () => {
    const files = projectFiles().filter(
      (file) =>
        /^(worker|durable-objects|db|decisioning|contract)\/.*\.ts$/.test(file) &&
        !/\.test\.ts$|\/testing\/|\.d\.ts$/.test(file),
    );
    const found = files.flatMap((file) => outgoing(readProjectFile(file)).map((line) => `${file}: ${line}`));
    expect(found).toEqual(['worker/pages/origin.ts: return await fetch(toOrigin);']);
  });
});
