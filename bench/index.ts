/**
 * `npm run bench`: what decisions cost in process, as a table, raced against the packages of `bench/package.json`, which it installs. `-- --json FILE` writes
 * one flat object: medians in microseconds (`<id>.p95` beside them), bytes, ratios. `-- --only decide,race` measures some groups alone. Exit code 1 when
 * a bound is missed.
 */
import { parseArgs } from 'node:util';
import { writeFigures } from '../scripts/figures.ts';
import { banditRows } from './bandits.ts';
import { boundLine, heldBounds } from './bounds.ts';
import type { BenchFigure, BenchRow } from './clock.ts';
import { linearRows } from './linear.ts';
import { purseRows } from './purse.ts';
import { banditRaceRows } from './race/bandits.ts';
import { flagRows } from './race/flags.ts';
import { growthRows } from './race/growth.ts';
import { installRaced } from './race/packages.ts';
import { benchTable, figureTable } from './report.ts';
import { rewardRows } from './rewards.ts';
import { scoredDecisionRows } from './scored-decision.ts';
import { scoringRows } from './scoring.ts';
import { steeringRows } from './steering.ts';
import { trainingRows } from './training.ts';

interface Measured {
  readonly rows: readonly BenchRow[];
  readonly figures?: readonly BenchFigure[];
}

/** In this order, each by itself with `--only`. */
const GROUPS: Readonly<Record<string, () => Measured | Promise<Measured>>> = {
  flags: () => ({ rows: flagRows() }),
  growth: growthRows,
  draws: () => ({ rows: banditRaceRows() }),
  linear: () => ({ rows: linearRows() }),
  bandits: () => ({ rows: [...banditRows(), ...rewardRows()] }),
  parts: () => ({ rows: [...steeringRows(), ...purseRows()] }),
  scores: async () => ({ rows: [...(await scoringRows()), ...scoredDecisionRows()] }),
  training: () => ({ rows: trainingRows() }),
};

const { values } = parseArgs({ options: { json: { type: 'string' }, only: { type: 'string' } } });
const wanted = values.only?.split(',') ?? Object.keys(GROUPS);
const unknown = wanted.find((name) => !Object.hasOwn(GROUPS, name));
if (unknown !== undefined) throw new Error(`--only knows no ${unknown}: ${Object.keys(GROUPS).join(', ')}`);

installRaced();
const flat: Record<string, number> = {};
for (const name of wanted) {
  const { rows, figures = [] } = await GROUPS[name]!();
  process.stdout.write(benchTable(rows) + figureTable(figures));
  for (const { id, time } of rows) {
    flat[id] = time.median;
    if (time.p95 !== undefined) flat[`${id}.p95`] = time.p95;
  }
  for (const { id, value } of figures) flat[id] = value;
}
const held = heldBounds(flat, values.only === undefined);
for (const { id, value } of held) flat[id] = value;
process.stdout.write(`\n${held.map(boundLine).join('')}`);
writeFigures(values.json, flat);
if (held.some(({ holds }) => !holds)) process.exitCode = 1;
