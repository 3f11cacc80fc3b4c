/**
 * `npm run chaos:migrations -- --kills N --seed S`: objects of earlier versions on disk, upgraded by a runtime that is killed in the middle of it,
 * again and again; then every row is looked for with today's objects. The database of the configuration likewise.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { applyMigrations } from '../../../scripts/start/migrations.ts';
import type { D1 } from '../../../scripts/start/runtime.ts';
import { lostRows, OLD_KINDS, type Rows } from '../../workerd/migrations/old-rows.ts';
import { type Bare, bundled, KINDS, startBare } from './runtime.ts';

/** Objects of each kind in one round: they come up side by side, and a kill finds some of them in the middle. */
const OBJECTS_PER_KIND = 6;
/** Numbers counted in each step: some ten milliseconds. */
const SLOW = '400000';
/** A kill comes within this time after the first call: the steps of all objects take longer. */
const KILL_WITHIN_MS = 700;
/** Kills of one set of objects before it is read: a migration that was cut off is cut off again. */
const KILLS_PER_ROUND = 5;

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
});
const kills = Number(values.kills);
if (!Number.isSafeInteger(kills) || kills < 1) throw new RangeError('--kills: a whole number from 1');
let state = Number(values.seed);
if (!Number.isSafeInteger(state) || state < 0) throw new RangeError('--seed: a whole number from 0');
const random = (): number => {
  state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return state / 2 ** 32;
};
const root = join(import.meta.dirname, '../../..');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Calls every object, and kills the runtime meanwhile. @returns how many had come up */
async function killedWhile(runtime: Bare, paths: readonly string[]): Promise<number> {
  let up = 0;
  const calls = paths.map((path) =>
    runtime.ask(path).then(
      () => {
        up += 1;
      },
      () => undefined,
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, random() * KILL_WITHIN_MS));
  runtime.kill();
  await Promise.all(calls);
  await runtime.stop();
  return up;
}

const old = await bundled(root, 'tests/workerd/migrations/old-objects.ts');
const today = await bundled(root, 'tests/workerd/migrations/todays-objects.ts');
let [done, rowsChecked, inTheMiddle] = [0, 0, 0];
const lost: string[] = [];
for (let round = 0; done < kills; round += 1) {
  const back = 1 + (round % 2);
  const stateDir = mkdtempSync(join(tmpdir(), 'hyperedge-migrations-'));
  try {
    const kinds = KINDS.filter((kind) => OLD_KINDS[kind].schema.length > back);
    const names = kinds.flatMap((kind) => Array.from({ length: OBJECTS_PER_KIND }, (_, i) => `${kind}/o${i}`));
    let runtime = await startBare(old, stateDir, { BACK: String(back), SLOW: '0' });
    const before = new Map<string, Rows>();
    for (const name of names) before.set(name, await runtime.ask<Rows>(`/write/${name}`));
    runtime.kill();
    await runtime.stop();
    for (let n = 0; n < KILLS_PER_ROUND && done < kills; n += 1) {
      runtime = await startBare(old, stateDir, { BACK: '0', SLOW });
      // The configuration's database has one version yet: applied to an empty one, and cut off.
      void applyMigrations(runtime.database as unknown as D1, join(root, 'migrations')).catch(() => undefined);
      const up = await killedWhile(
        runtime,
        names.map((name) => `/rows/${name}`),
      );
      inTheMiddle += up < names.length ? 1 : 0;
      done += 1;
    }
    runtime = await startBare(today, stateDir, {});
    await applyMigrations(runtime.database as unknown as D1, join(root, 'migrations'));
    const tables = await runtime.database.prepare('SELECT count(*) AS n FROM d1_migrations').first<{ n: number }>();
    for (const [name, rows] of before) {
      const after = await runtime.ask<Rows>(`/rows/${name}`);
      lost.push(...lostRows(rows, after).map((row) => `${name} ${row}`));
      rowsChecked += Object.values(rows).reduce((sum, { length }) => sum + length, 0);
    }
    await runtime.stop();
    print(
      `round ${round + 1}: N−${back}, ${names.length} objects, ${done} kills so far, database at ${tables?.n} migration(s)`,
    );
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
}
print(
  `${done} kills, ${inTheMiddle} of them before all objects had come up; ${rowsChecked} rows looked for, ${lost.length} lost`,
);
for (const row of lost.slice(0, 20)) print(`  ${row}`);
process.exit(lost.length > 0 || inTheMiddle === 0 ? 1 : 0);
