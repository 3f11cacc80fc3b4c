/** `npm run bench`: what the parts of a decision cost in process, as a table; `-- --json FILE` writes the medians in microseconds as one flat object. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { banditRows } from './bandits.ts';
import { linearRows } from './linear.ts';
import { purseRows } from './purse.ts';
import { benchTable } from './report.ts';
import { rewardRows } from './rewards.ts';
import { scoredDecisionRows } from './scored-decision.ts';
import { scoringRows } from './scoring.ts';
import { steeringRows } from './steering.ts';
import { trainingRows } from './training.ts';

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const rows = [
  ...linearRows(),
  ...banditRows(),
  ...rewardRows(),
  ...steeringRows(),
  ...purseRows(),
  ...(await scoringRows()),
  ...scoredDecisionRows(),
  ...trainingRows(),
];
process.stdout.write(benchTable(rows));
if (values.json !== undefined) {
  const flat = Object.fromEntries(rows.map(({ id, time }) => [id, Number(time.median.toFixed(3))]));
  writeFileSync(values.json, `${JSON.stringify(flat, null, 2)}\n`);
}
