/** The rules of the house as functions from a file to what is wrong with it. */
import type { CodeFacts } from './code.ts';

/** Who may import whom: a folder → what its files may reach besides themselves. Tests may import anything. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  contract: ['decisioning/'],
  decisioning: [],
  db: ['contract/', 'decisioning/'],
  'durable-objects': ['contract/', 'decisioning/', 'db/'],
  worker: ['contract/', 'decisioning/', 'db/', 'durable-objects/'],
  'client-snippet': ['decisioning/', 'contract/'],
  console: ['contract/'],
  cli: ['contract/', 'decisioning/', 'simulations/', 'models/training/', 'db/bootstrap.ts', 'db/sql-text.ts'],
  scripts: [
    'contract/',
    'decisioning/',
    'db/bootstrap.ts',
    'cli/',
    'simulations/pacing/',
    'client-snippet/budgets.ts',
    'client-snippet/bundle.ts',
    'client-snippet/parts/score/ort-path.ts',
    // The one browser that tests and pictures are taken with.
    'tests/browser/browser.ts',
  ],
  bench: [
    'contract/',
    'decisioning/',
    'models/training/',
    'db/bootstrap.ts',
    'client-snippet/bundle.ts',
    'scripts/package/',
    // What is measured over HTTP is what `npm start` starts.
    'scripts/start/',
    'scripts/figures.ts',
  ],
  // The objects run in `simulations/faults/` as they are: a simulator of anything else would prove nothing about them.
  simulations: ['contract/', 'decisioning/', 'db/bootstrap.ts', 'durable-objects/'],
  // Cards are drawn with the hand that draws the guides.
  models: ['decisioning/', 'contract/models/', 'scripts/drawings/svg.ts'],
};

/** Packages that a room may import; rooms that are not named may import any. `node:` counts as one. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  decisioning: /^pure-rand(\/|$)/,
  contract: /^zod$/,
  // A sanitizer in a lazy part of its own, and what the sites that use the hooks have anyway.
  'client-snippet': /^(dompurify|react)$/,
};

/** Files of the page script's folder that run in Node to build it, and reach no page. */
const BUILDS = /^client-snippet\/(build|bundle|budgets|embed)\.ts$/;

/** What decisioning must be handed instead: clock, randomness, timers, and anything that only one host has. */
const IMPURE: ReadonlySet<string> = new Set([
  'Date.now',
  'new Date()',
  'Math.random',
  'performance',
  'crypto',
  'globalThis',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
  'process',
]);

/** A function longer than this is read in pieces anyway: cut it where the reader would. */
export const MAX_FUNCTION_LINES = 70;
export const MAX_FILE_LINES = 300;
/** Git keeps every version for ever: what is larger belongs somewhere else. */
export const MAX_BLOB_BYTES = 500_000;

/** Written in pieces, so that these rules do not find themselves. */
const MARKERS = new RegExp(
  `\\b(${['TO', 'FIX', 'XX', 'HA'].map((half, i) => half + ['DO', 'ME', 'X', 'CK'][i]).join('|')})\\b`,
);
const MACHINE_PATHS = new RegExp(`(?<![\\w.*-])/(${['work', 'home', 'Users', 'root', 'tmp'].join('|')})/`);

export function isTest(file: string): boolean {
  return file.startsWith('tests/') || file.endsWith('.test.ts') || file.includes('/testing/');
}

export function importFindings(file: string, { imports }: CodeFacts): string[] {
  const room = file.split('/')[0]!;
  const allowed = ROOMS[room];
  if (!allowed || isTest(file)) return [];
  return imports.flatMap(({ line, target, isRelative, isTypeOnly }) => {
    if (!isRelative) {
      const packages = PACKAGES[room];
      return packages && !packages.test(target) && !BUILDS.test(file)
        ? [`${file}:${line}: ${room} must not import the package ${target}`]
        : [];
    }
    const inside = target.startsWith(`${room}/`) || allowed.some((path) => target.startsWith(path));
    if (!inside) return [`${file}:${line}: ${room} must not import ${target}`];
    const wantsTypes = room === 'client-snippet' && target.startsWith('contract/') && !isTypeOnly;
    return wantsTypes ? [`${file}:${line}: ${room} may take types from ${target}, nothing else`] : [];
  });
}

export function purityFindings(file: string, { names }: CodeFacts): string[] {
  if (!file.startsWith('decisioning/') || isTest(file)) return [];
  return names.filter(({ name }) => IMPURE.has(name)).map(({ line, name }) => `${file}:${line}: uses ${name}`);
}

export function functionFindings(file: string, { functions }: CodeFacts): string[] {
  // What a test file describes in one block is a list, not a procedure.
  if (isTest(file)) return [];
  return functions
    .filter(({ lines }) => lines > MAX_FUNCTION_LINES)
    .map(({ line, lines, name }) => `${file}:${line}: ${name} has ${lines} lines, at most ${MAX_FUNCTION_LINES}`);
}

export function lengthFindings(file: string, source: string): string[] {
  const lines = source.split('\n').length - 1;
  return lines > MAX_FILE_LINES ? [`${file}: has ${lines} lines, at most ${MAX_FILE_LINES}`] : [];
}

export function textFindings(file: string, source: string): string[] {
  return source.split('\n').flatMap((text, i) => {
    const found = MARKERS.exec(text) ?? MACHINE_PATHS.exec(text);
    return found ? [`${file}:${i + 1}: "${found[0]}"`] : [];
  });
}

/**
 * Files that nothing uses. Entries are those that people, tools and configuration name: commands, tests, declarations, the page
 * script's bundles, the contract's public face, and every path that one of the configuration texts mentions.
 */
export function orphanFindings(code: ReadonlyMap<string, CodeFacts>, configurationTexts: readonly string[]): string[] {
  const used = new Set([...code.values()].flatMap(({ imports }) => imports.map(({ target }) => target)));
  const isEntry = (file: string) =>
    /\.test\.ts$|\.d\.ts$|^[^/]+\.config\.ts$|^(scripts|cli|client-snippet\/(entry|stub|parts))\/[^/]+\.(ts|mjs)$|^client-snippet\/(npm|react|next|native)\/index\.ts$|^examples\/next\/(app\/(page|layout)\.tsx|next\.config\.ts)$|^contract\/index\.ts$|^tests\/browser\/(firefox\/bridge\.mjs|xss-page\.ts)$/.test(
      file,
    ) || configurationTexts.some((text) => text.includes(file));
  return [...code.keys()]
    .filter((file) => !used.has(file) && !isEntry(file))
    .map((file) => `${file}: nothing imports it`);
}
