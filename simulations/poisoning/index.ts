/** `npm run simulate:poisoning`: points of a day's traffic that an attacker moves, by campaign and number of networks. `-- --trials N` is the bound of a network, `--rate N` its reports a second, `--seeds N`. */
import { parseArgs } from 'node:util';
import { pointsMoved } from './day.ts';
import { POISONED_WORLDS } from './worlds.ts';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '4' },
    rate: { type: 'string', default: '200' },
    seeds: { type: 'string', default: '20' },
  },
});
const [mostTrials, reportsPerSecond, seeds] = [values.trials, values.rate, values.seeds].map(Number) as [
  number,
  number,
  number,
];
for (const [name, value, least] of [
  ['trials', mostTrials, 0],
  ['rate', reportsPerSecond, 1],
  ['seeds', seeds, 1],
] as const)
  if (!Number.isSafeInteger(value) || value < least) throw new RangeError(`--${name}: a whole number from ${least}`);

const NETWORKS = [1, 2, 3, 5, 10, 20];
process.stdout.write(
  `points of a day's traffic, ${mostTrials} trials a network and day, ${reportsPerSecond} reports a second, ${seeds} seeds\n`,
);
for (const [name, world] of Object.entries(POISONED_WORLDS)) {
  const moved = NETWORKS.map((networks) => {
    const points = pointsMoved(world, { networks, reportsPerSecond, mostTrials }, seeds);
    return `${networks}: ${points.toFixed(1)}`;
  });
  process.stdout.write(`  ${name}: ${moved.join(', ')}\n`);
}
