/** `npm run pacing`: how closely a paced pool follows its plan on simulated days, and what its money buys, as tables and as a picture. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { EXIT, runCommand } from './failure.ts';
import { curveRows, type Effort, pictureDay, shortfallRows, valueRows } from './pacing/measure.ts';
import { pacedDaySvg } from './pacing/svg.ts';
import { progressBar, table } from './terminal.ts';
import { wholeNumber } from './whole-number.ts';

const USAGE = `Usage: npm run pacing

  --forecast N   visitors a day that budgets are made for (default 40000)
  --seeds N      days played of each case with seeds 1 to N (default 5)
  --svg FILE     draw one day instead: its plan, its spending, its price
`;

/** Fewer make a claim or two a day. */
const MIN_FORECAST = 100;
/** A day of a million visitors takes minutes. */
const MAX_FORECAST = 1_000_000;
const MAX_SEEDS = 1_000;
/** Days of the tables, without seeds: 18 of the curve, 18 of the value, 1 of the shortfall. */
const CASES = 37;

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      forecast: { type: 'string', default: '40000' },
      seeds: { type: 'string', default: '5' },
      svg: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const effort: Effort = {
    forecast: wholeNumber('--forecast', values.forecast, MIN_FORECAST, MAX_FORECAST),
    seeds: wholeNumber('--seeds', values.seeds, 1, MAX_SEEDS),
  };
  if (values.svg !== undefined) {
    writeFileSync(values.svg, pacedDaySvg(pictureDay(effort.forecast)));
    return EXIT.ok;
  }
  const bar = progressBar('Playing');
  let done = 0;
  const tell = (text: string): void => bar.update(done++, CASES, text);
  const tables = [curveRows, valueRows, shortfallRows].map((rowsOf) => table(rowsOf(effort, tell)));
  bar.end();
  process.stdout.write(`${tables.join('\n\n')}\n`);
  return EXIT.ok;
}

process.exitCode = await runCommand(() => main(process.argv.slice(2)), 'npm run pacing -- --help');
