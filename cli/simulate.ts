/** `npm run simulate -- WORLD.yaml`: contenders in a world whose truth is known. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { playWorld } from '../simulations/worlds/play.ts';
import { populationOf } from '../simulations/worlds/visits.ts';
import { EXIT, runCommand, usageFailure } from './failure.ts';
import { regretSvg } from './regret/svg.ts';
import { type LoadedWorld, loadWorld } from './simulate/load.ts';
import { formatReport, type PlayedWorld, reportOf, type WorldReport } from './simulate/report.ts';
import { MAX_WORLD_RUNS } from './simulate/world.ts';
import { progressBar } from './terminal.ts';
import { wholeNumber } from './whole-number.ts';

const USAGE = `Usage: npm run simulate -- WORLD.yaml

  WORLD.yaml      who comes, what is true, and who competes; see examples/worlds/ and docs/guides/simulation.md
  --runs N        runs with consecutive seeds (default: the world's)
  --seed N        of the first run (default: the world's); the same seed gives the same run
  --svg FILE      write the curves of what each contender lost as a picture
  --campaign ID   whose curves (default: the first campaign of the world's truth)
  --json FILE     write the report as JSON; - is standard output
`;

const MAX_SEED = 4_294_000_000;

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      runs: { type: 'string' },
      seed: { type: 'string' },
      svg: { type: 'string' },
      campaign: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw usageFailure('Name one world file');
  const world = loadWorld(path);
  if (world.compared.length === 0)
    throw usageFailure(`${path}: "truth" names no campaign: there is nothing to compare`);
  const drawn = values.campaign ?? world.compared[0]!;
  if (!world.compared.includes(drawn))
    throw usageFailure(`--campaign "${drawn}" is not one of ${world.compared.join(', ')}`);
  const runs = wholeNumber('--runs', values.runs ?? String(world.file.runs), 1, MAX_WORLD_RUNS);
  const seed = wholeNumber('--seed', values.seed ?? String(world.file.seed), 0, MAX_SEED);
  const report = play(world, runs, seed);
  if (values.json === '-') process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else process.stdout.write(formatReport(report));
  if (values.json !== undefined && values.json !== '-')
    writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  if (values.svg !== undefined) writeFileSync(values.svg, pictureOf(report, drawn));
  return EXIT.ok;
}

/** Every contender meets the same people in every run. */
function play(world: LoadedWorld, runs: number, firstSeed: number): WorldReport {
  const { spec, contenders } = world;
  const played = contenders.map(() => [] as PlayedWorld[number][number][]);
  const bar = progressBar('Playing');
  let visits = 0;
  let customers = 0;
  for (let run = 0; run < runs; run++) {
    const seed = firstSeed + run;
    const population = populationOf(spec, seed);
    visits += population.visits.length / runs;
    customers += population.people.length / runs;
    for (const [i, { name, plan }] of contenders.entries()) {
      const done = run * contenders.length + i;
      const onInterval = (share: number) => bar.update(done + share, runs * contenders.length, `seed ${seed}, ${name}`);
      played[i]!.push(playWorld({ spec, plan, population, seed, onInterval }));
    }
  }
  bar.end();
  return reportOf(world, played, { seed: firstSeed, runs, visits, customers });
}

function pictureOf(report: WorldReport, campaign: string): string {
  const { contenders, unit } = report.campaigns.find((each) => each.campaign === campaign)!;
  const curves = contenders.map(({ name, curve, regret }) => ({ name, curve, ...regret }));
  return regretSvg(curves, report.days, { title: report.name, lost: unit, unit: 'days' });
}

process.exitCode = await runCommand(() => main(process.argv.slice(2)), 'npm run simulate -- --help');
