/**
 * `npm run chaos:migrations -- --kills N --seed S`: objects of earlier versions on disk, upgraded by a runtime that is killed in the middle of it,
 * again and again; then every row is looked for with today's objects. The database of the configuration likewise. A kill counts when a
 * migration had begun by then and was not over.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleOf } from '../../../scripts/start/bundle.ts';
import { applyMigrations } from '../../../scripts/start/migrations.ts';
import type { D1 } from '../../../scripts/start/runtime.ts';
import { lostRows, OLD_KINDS, type Rows } from '../../workerd/migrations/old-rows.ts';
import { Progress } from './progress.ts';
import { KINDS, startBare } from './runtime.ts';

/** Objects of each kind in one round: they come up side by side, and a kill finds some of them in the middle. */
const OBJECTS_PER_KIND = 6;
/** Numbers counted in a migration: some ten milliseconds. */
const SLOW = '400000';
/** A kill comes within this time after a migration has begun: about as long as one takes. */
const KILL_WITHIN_MS = 40;
/** What the runtime said before it was killed is read within this time. */
const HEARD_WITHIN_MS = 100;
/** Kills of one set of objects before it is read: a migration that was cut off is cut off again. */
const KILLS_PER_ROUND = 5;
/** Kills that came too late to count, in a row: more, and something else is wrong. */
const MAX_IN_VAIN = 20;

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

const old = await bundleOf(join(root, 'tests/workerd/migrations/old-objects.ts'));
const today = await bundleOf(join(root, 'tests/workerd/migrations/todays-objects.ts'));

/** Which of today's code comes up: the schemas in slow steps, or the project's own classes, slow before they commit. */
const UPGRADES = [
  { name: 'slow steps', script: old, bindings: { BACK: '0', SLOW } },
  { name: 'own classes', script: today, bindings: { SLOW } },
] as const;

/** Calls every object, and kills the runtime some migrations later. Returns how far it had come. */
async function killedWhile(
  { script, bindings }: (typeof UPGRADES)[number],
  stateDir: string,
  names: readonly string[],
  after: number,
): Promise<Progress> {
  const progress = new Progress();
  const runtime = await startBare(script, stateDir, bindings, (line) => progress.heard(line));
  // The configuration's database has one version yet: applied to an empty one, and cut off.
  void applyMigrations(runtime.database as unknown as D1, join(root, 'migrations')).catch(() => undefined);
  const calls = Promise.all(names.map((name) => runtime.ask(`/rows/${name}`).catch(() => undefined)));
  await Promise.race([progress.begun(after), calls]);
  await new Promise((resolve) => setTimeout(resolve, random() * KILL_WITHIN_MS));
  runtime.kill();
  await calls;
  await new Promise((resolve) => setTimeout(resolve, HEARD_WITHIN_MS));
  await runtime.stop();
  return progress;
}

let [done, rowsChecked, inVain] = [0, 0, 0];
const lost: string[] = [];
for (let round = 0; done < kills && inVain < MAX_IN_VAIN; round += 1) {
  const back = 1 + (round % 2);
  const upgrade = UPGRADES[Math.floor(round / 2) % UPGRADES.length]!;
  const stateDir = mkdtempSync(join(tmpdir(), 'hyperedge-migrations-'));
  try {
    const kinds = KINDS.filter((kind) => OLD_KINDS[kind].schema.length > back);
    const names = kinds.flatMap((kind) => Array.from({ length: OBJECTS_PER_KIND }, (_, i) => `${kind}/o${i}`));
    const earlier = await startBare(old, stateDir, { BACK: String(back) });
    const before = new Map<string, Rows>();
    for (const name of names) before.set(name, await earlier.ask<Rows>(`/write/${name}`));
    earlier.kill();
    await earlier.stop();
    let due = names.length;
    for (let n = 0; n < KILLS_PER_ROUND && done < kills && due > 0; n += 1) {
      // What is due is shared out among the kills that are left.
      const after = 1 + Math.floor((random() * due) / (KILLS_PER_ROUND - n));
      const progress = await killedWhile(upgrade, stateDir, names, after);
      due -= progress.ended;
      const isWithin = progress.ended < progress.started;
      inVain = isWithin ? 0 : inVain + 1;
      done += isWithin ? 1 : 0;
    }
    const runtime = await startBare(today, stateDir, {});
    await applyMigrations(runtime.database as unknown as D1, join(root, 'migrations'));
    const tables = await runtime.database.prepare('SELECT count(*) AS n FROM d1_migrations').first<{ n: number }>();
    for (const [name, rows] of before) {
      const after = await runtime.ask<Rows>(`/rows/${name}`);
      lost.push(...lostRows(rows, after).map((row) => `${name} ${row}`));
      rowsChecked += Object.values(rows).reduce((sum, { length }) => sum + length, 0);
    }
    await runtime.stop();
    print(
      `round ${round + 1}: N−${back}, ${upgrade.name}, ${names.length} objects, ${done} kills so far, database at ${tables?.n} migration(s)`,
    );
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
}
print(`${done} kills, each within a migration; ${rowsChecked} rows looked for, ${lost.length} lost`);
for (const row of lost.slice(0, 20)) print(`  ${row}`);
process.exit(lost.length > 0 || done < kills ? 1 : 0);
