/** `npm run simulate:convergence -- --from N --seeds M`: statistics against a perfect observer over a bad network; 2,000 seeds of 60 operations unless told. */
import { parseArgs } from 'node:util';
import './resolve.ts';

const { orUsage, whole } = await import('./arguments.ts');
const { runConvergence } = await import('./convergence.ts');

process.exit(
  await orUsage(async () => {
    const { values } = parseArgs({
      options: {
        from: { type: 'string', default: '1' },
        seeds: { type: 'string', default: '2000' },
        steps: { type: 'string', default: '60' },
      },
    });
    const from = whole('from', values.from, 0);
    const seeds = whole('seeds', values.seeds);
    const steps = whole('steps', values.steps);
    let violations = 0;
    let accepted = 0;
    for (let seed = from; seed < from + seeds; seed += 1) {
      const { violation, counts } = await runConvergence(seed, steps);
      accepted += counts.accepted;
      if (!violation) continue;
      violations += 1;
      console.log(`seed ${seed}: ${violation}`);
    }
    console.log(
      `${seeds} seeds of ${steps} operations, ${accepted} events accepted: ${violations} differ from the observer`,
    );
    return violations > 0 || accepted === 0 ? 1 : 0;
  }),
);
