/** Code of the documents that uses the page script or the npm package: it compiles against the types that a site has. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPackage } from '../../scripts/package/build.ts';
import { codeBlocks } from './docs/markdown.ts';
import { projectFiles, projectRoot, readProjectFile } from './tidy/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'hyperedge-snippets-'));

/** What a site has of its own, and the packages that are not here, as far as the snippets use them. */
const SURROUNDINGS = `/// <reference path="./hyperedge.d.ts" />
declare function draw(...what: unknown[]): HTMLElement;
declare const process: { env: Record<string, string | undefined> };
declare module 'next/headers' {
  export function cookies(): Promise<{ get(name: string): { value: string } | undefined }>;
  export function headers(): Promise<Headers>;
}
declare module 'react-native' {
  export const AppState: { addEventListener(type: 'change', listener: (state: string) => void): { remove(): void } };
}
declare module '@react-native-async-storage/async-storage' {
  const storage: { getItem(key: string): Promise<string | null>; setItem(key: string, value: string): Promise<void>; removeItem(key: string): Promise<void> };
  export default storage;
}
`;
const OPTIONS = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', '--ignoreConfig'].concat(
  '--module esnext --moduleResolution bundler --target es2023 --lib es2023,dom,dom.iterable --jsx react-jsx'.split(' '),
  ['--types', ''],
);

interface Snippet {
  readonly name: string;
  readonly code: string;
}

/** Blocks that are typed, those that import the package, and those that call the page's function. */
function snippetsOf(file: string, text: string): Snippet[] {
  const inScript = codeBlocks(text, 'js').filter((code) => /'@hyperedge\/client|^hyperedge\(/m.test(code));
  const typed = ['ts', 'tsx', 'jsx'].flatMap((language) => codeBlocks(text, language));
  const stem = file.replaceAll(/\W/g, '-');
  return [...typed, ...inScript].map((code, i) => ({
    name: `${stem}-${i}.tsx`,
    // A module of its own each, so that their names do not meet.
    code: `${code}\nexport {};\n`,
  }));
}

/** What the compiler has against them, a line each. */
function problemsOf(snippets: readonly Snippet[]): string[] {
  for (const { name, code } of snippets) writeFileSync(join(folder, name), code);
  const tsc = join(projectRoot, 'node_modules/typescript/bin/tsc');
  const args = [tsc, ...OPTIONS, 'surroundings.d.ts', ...snippets.map(({ name }) => name)];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  return stdout.split('\n').filter((line) => /\): error TS/.test(line));
}

beforeAll(async () => {
  await buildPackage(join(folder, 'node_modules/@hyperedge/client'));
  for (const name of ['react', '@types'])
    symlinkSync(join(projectRoot, 'node_modules', name), join(folder, 'node_modules', name));
  copyFileSync(join(projectRoot, 'client-snippet/hyperedge.d.ts'), join(folder, 'hyperedge.d.ts'));
  writeFileSync(join(folder, 'surroundings.d.ts'), SURROUNDINGS);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every snippet of the documents compiles', () => {
  const files = projectFiles().filter((file) =>
    /^README\.md$|^docs\/.*\.md$|^client-snippet\/npm\/README\.md$/.test(file),
  );
  const snippets = files.flatMap((file) => snippetsOf(file, readProjectFile(file)));
  expect(snippets.length).toBeGreaterThan(15);
  expect(problemsOf(snippets)).toEqual([]);
});

test('a command, an option and an import that are not there are found', () => {
  const wrong = [
    "```js\nhyperedge('offline', { attempts: 3 });\n```",
    "```ts\nimport { begin } from '@hyperedge/client/native';\n```",
    "```js\nhyperedge('goal', 'purchase', { value: '49.90' });\n```",
  ];
  const problems = problemsOf(wrong.flatMap((text, i) => snippetsOf(`wrong-${i}`, text)));
  expect(new Set(problems.map((line) => line.split('(')[0])).size).toBe(3);
});
