/** `npm run regret`: what each policy loses on ten arms with fixed rates, or on arms made of parameters, as a table and as curves. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { EXIT, runCommand, usageFailure } from './failure.ts';
import { BERNOULLI_RATES, type Contender, CURVE_POINTS, regretCurve, regretOf } from './regret/bandit.ts';
import { factoredCells, factoredRows } from './regret/factored-report.ts';
import { type Captions, regretSvg } from './regret/svg.ts';
import { progressBar, table } from './terminal.ts';
import { wholeNumber } from './whole-number.ts';

const USAGE = `Usage: npm run regret

  --world NAME   bernoulli: ten arms (the default); factored: 5 × 5 × 5 arms learned one by one and by effects
  --runs N       runs of each policy with seeds 1 to N (default 200)
  --choices N    choices of a run (default 20000)
  --svg FILE     write the mean curves as a picture
`;

const BERNOULLI: Captions = { title: 'Ten arms with fixed rates', lost: 'conversions', unit: 'choices' };
const FACTORED: Captions = { title: '5 × 5 × 5 arms, effects that add up', lost: 'conversions', unit: 'choices' };

/** The standard error is then a seventh of what the default gives. */
const MAX_RUNS = 10_000;
/** Posteriors stay within what P(best) is exact for. */
const MAX_CHOICES = 10_000_000;

const UNIFORM = { policy: 'epsilon_greedy', epsilon: 1 } as const;

const CONTENDERS: readonly Contender[] = [
  { name: 'thompson, floor 0', strategy: { policy: 'thompson' }, floor: 0 },
  { name: 'thompson, floor 1 %', strategy: { policy: 'thompson' }, floor: 0.01 },
  { name: 'ucb, floor 0', strategy: { policy: 'ucb' }, floor: 0 },
  { name: 'epsilon_greedy .1', strategy: { policy: 'epsilon_greedy', epsilon: 0.1 }, floor: 0 },
  { name: 'inverse_gap 1,000', strategy: { policy: 'inverse_gap', gamma: 1_000 }, floor: 0 },
  { name: 'uniform', strategy: UNIFORM, floor: 0 },
];

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      world: { type: 'string', default: 'bernoulli' },
      runs: { type: 'string', default: '200' },
      choices: { type: 'string', default: '20000' },
      svg: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const runs = wholeNumber('--runs', values.runs, 1, MAX_RUNS);
  const choices = wholeNumber('--choices', values.choices, CURVE_POINTS, MAX_CHOICES);
  const bar = progressBar('Playing');
  if (values.world === 'factored') {
    const rows = factoredRows(runs, choices, (done, total, name) => bar.update(done, total, name));
    bar.end();
    process.stdout.write(`${table(factoredCells(rows))}\n`);
    const drawn = rows.filter(({ world }) => world === rows[0]!.world).map(({ regret }) => regret);
    if (values.svg !== undefined) writeFileSync(values.svg, regretSvg(drawn, choices, FACTORED));
    return EXIT.ok;
  }
  if (values.world !== 'bernoulli') throw usageFailure(`--world "${values.world}" is neither bernoulli nor factored`);
  const regrets = CONTENDERS.map((contender, i) => {
    const curves = Array.from({ length: runs }, (_, run) => {
      bar.update(i * runs + run, CONTENDERS.length * runs, contender.name);
      return regretCurve(contender, BERNOULLI_RATES, choices, run + 1);
    });
    return regretOf(contender.name, curves);
  });
  bar.end();
  const rows = regrets.map(({ name, mean, standardError }) => [name, mean.toFixed(1), `± ${standardError.toFixed(1)}`]);
  process.stdout.write(`${table([['policy', 'regret', 'standard error'], ...rows])}\n`);
  if (values.svg !== undefined) writeFileSync(values.svg, regretSvg(regrets, choices, BERNOULLI));
  return EXIT.ok;
}

process.exitCode = await runCommand(() => main(process.argv.slice(2)), 'npm run regret -- --help');
