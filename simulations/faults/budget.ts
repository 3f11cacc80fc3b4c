/** `npm run simulate:budget`: 50,000 decisions on a budget of 10,000 units by 8 isolates, with a crash at every step; `--decisions`, `--total` and `--seed` change it. */
import { parseArgs } from 'node:util';
import './resolve.ts';

const { orUsage, whole } = await import('./arguments.ts');
const { runBudget } = await import('./budget-run.ts');
const { ALL_STEPS } = await import('./strikes.ts');

/** Of the budget that may be left over while there is more demand than it pays for. */
const MAX_UNDELIVERED = 0.01;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      decisions: { type: 'string', default: '50000' },
      total: { type: 'string', default: '10000' },
      isolates: { type: 'string', default: '8' },
      seed: { type: 'string', default: '1' },
    },
  });
  const decisions = whole('decisions', values.decisions);
  const totalMinor = whole('total', values.total);
  const isolates = whole('isolates', values.isolates);
  const seed = whole('seed', values.seed, 0);
  const result = await runBudget({ seed, decisions, totalMinor, isolates });
  const { violation, spent, granted, defaults, undelivered, crashes, missed } = result;
  console.log(`${decisions} decisions by ${isolates} isolates on ${totalMinor} units, seed ${seed}`);
  console.log(
    `granted ${granted}, of which seen in time for ${spent} units; ${defaults} got default content for want of an answer`,
  );
  console.log(`overspend ${Math.max(0, spent - totalMinor)} units, undelivered ${(100 * undelivered).toFixed(2)} %`);
  console.log(`${crashes} crashes, at ${ALL_STEPS.length - missed.length} of ${ALL_STEPS.length} steps`);
  for (const step of missed) console.log(`nothing crashed at: ${step}`);
  if (violation) console.log(violation);
  return violation || missed.length > 0 || spent > totalMinor || undelivered > MAX_UNDELIVERED ? 1 : 0;
}

process.exit(await orUsage(main));
