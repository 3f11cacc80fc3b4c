/** `npm run bench`: what the parts of a decision cost in process, as a table; `-- --json FILE` writes the medians as one flat object. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { banditRows } from './bandits.ts';
import { linearRows } from './linear.ts';
import { rewardRows } from './rewards.ts';
import { steeringRows } from './steering.ts';

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const rows = [...linearRows(), ...banditRows(), ...rewardRows(), ...steeringRows()];
const width = Math.max(...rows.map(({ what }) => what.length));
const line = (what: string, median: string, fastest: string): string =>
  `  ${what.padEnd(width)}  ${median.padStart(10)}  ${fastest.padStart(10)}\n`;
process.stdout.write(line('in process', 'median µs', 'fastest µs'));
for (const { what, time } of rows) process.stdout.write(line(what, time.median.toFixed(2), time.fastest.toFixed(2)));
if (values.json !== undefined) {
  const flat = Object.fromEntries(rows.map(({ id, time }) => [id, Number(time.median.toFixed(3))]));
  writeFileSync(values.json, `${JSON.stringify(flat, null, 2)}\n`);
}
