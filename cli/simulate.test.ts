import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WorldReport } from './simulate/report.ts';
import { commandEnvironment } from './testing/environment.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
const world = join(folder, 'world.yaml');

beforeAll(() => {
  writeFileSync(
    world,
    `name: Small
days: 2
runs: 2
visitors: { newPerDay: 50 }
documents:
  - { kind: placement, id: hero, name: Hero }
  - { kind: campaign, id: c, name: C, objective: { goal: click }, placements: [hero], arms: [{ id: a, content: {} }, { id: b, content: {} }] }
truth: { c: { arms: { a: 0.1, b: 0.3 } } }
contenders:
  - { name: even, set: { strategy: { policy: fixed_split, weights: { a: 1, b: 1 } } } }
  - { name: Thompson }
`,
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

function simulate(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const options = { cwd: root, env: commandEnvironment() };
  return new Promise((resolve) => {
    execFile(process.execPath, ['cli/simulate.ts', ...args], options, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

describe('npm run simulate', () => {
  test('prints a table, the same for the same seed, and draws the curves', async () => {
    const picture = join(folder, 'curves.svg');
    const { code, out, err } = await simulate(world, '--svg', picture);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('2 runs, seeds 1 to 2');
    expect(out).toContain('against even, 95 %');
    expect(out).not.toMatch(/NaN|undefined|Infinity/);
    expect((await simulate(world)).out).toBe(out);
    const svg = readFileSync(picture, 'utf8');
    expect(svg.match(/<polyline/g)).toHaveLength(2);
    expect(svg).toContain('2 days');
  });

  test('compares contenders with different rewards in one unit, and shows conversions beside money', async () => {
    const mixed = join(folder, 'mixed.yaml');
    const text = readFileSync(world, 'utf8').replace('b: 0.3', 'b: { rate: 0.05, value: 90 }');
    const money = '{ name: money, set: { objective: { goal: click, reward: { kind: revenue } } } }';
    writeFileSync(mixed, text.replace('{ name: Thompson }', money));
    const { out } = await simulate(mixed);
    expect(out).toContain('c  measured in conversions, mean of a run');
    expect(out).toMatch(/shown +conversions +EUR +rate +lost +against even, 95 %/);
    expect(out.match(/[+−][\d,]{4,}\.\d %/)).toBeNull();
    writeFileSync(mixed, `measure: revenue\n${text.replace('{ name: Thompson }', money)}`);
    const measured = await simulate(mixed);
    expect(measured.out).toContain('c  measured in EUR');
    expect(measured.out).toMatch(/shown +conversions +EUR +EUR each +EUR lost +EUR against even, 95 %/);
  });

  test('writes the report for programs: one seed alone has no interval', async () => {
    const { out } = await simulate(world, '--json', '-', '--runs', '1', '--seed', '5');
    const { campaigns, seed, runs } = JSON.parse(out) as WorldReport;
    expect({ seed, runs }).toEqual({ seed: 5, runs: 1 });
    const [even, thompson] = campaigns[0]!.contenders;
    expect(even!.shown.mean).toBe(thompson!.shown.mean);
    expect(even!.lift).toBeNull();
    expect(thompson!.lift).toBeNull();
    expect(thompson!.curve).toHaveLength(50);
  });

  test.each([
    [[], 'Name one world file', 2],
    [['nowhere.yaml'], 'nowhere.yaml: there is no such file\n', 1],
    [['--runs', '0'], '--runs "0" is not a whole number from 1 to 1000', 2],
    [['--campaign', 'x'], '--campaign "x" is not one of c', 2],
  ])('refuses %j', async (args, message, code) => {
    const ran = await simulate(...(args.length === 2 ? [world, ...args] : args));
    expect(ran.err).toContain(message);
    expect(ran.code).toBe(code);
  });
});
