/** `npm run bench`: what the parts of a decision cost in process, as a table. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { EXIT, runCommand } from '../cli/failure.ts';
import { table } from '../cli/terminal.ts';
import { banditRows } from './bandits.ts';
import { linearRows } from './linear.ts';

const USAGE = `Usage: npm run bench

  --json FILE   write the medians as one flat object, microseconds by name
`;

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { json: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const rows = [...linearRows(), ...banditRows()];
  const lines = rows.map(({ what, time }) => [what, time.median.toFixed(2), time.fastest.toFixed(2)]);
  process.stdout.write(`${table([['in process', 'median µs', 'fastest µs'], ...lines])}\n`);
  if (values.json !== undefined) {
    const flat = Object.fromEntries(rows.map(({ id, time }) => [id, Number(time.median.toFixed(3))]));
    writeFileSync(values.json, `${JSON.stringify(flat, null, 2)}\n`);
  }
  return EXIT.ok;
}

process.exitCode = await runCommand(() => main(process.argv.slice(2)), 'npm run bench -- --help');
