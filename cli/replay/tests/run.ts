/** `npm run replay` with a map of mode `tests`. */
import { strategy } from '../../../contract/configuration/strategy.ts';
import type { AllocationStrategy } from '../../../decisioning/bandits/allocation.ts';
import { CommandFailure } from '../../failure.ts';
import { progressBar } from '../../terminal.ts';
import { readCsv } from '../csv.ts';
import { readArchive, spreadOf } from './archive.ts';
import type { TestsMap } from './map.ts';
import { playTests } from './play.ts';
import { type TestsReport, testsReport } from './report.ts';

/** Policies that need neither weights for arms nor features of customers. */
const TEST_POLICIES: readonly string[] = ['thompson', 'ucb', 'epsilon_greedy', 'inverse_gap'];

/** Plays every test of an archive once a seed. @param policy instead of the map's, with the map's floor. */
export async function replayTests(
  file: string,
  map: TestsMap,
  options: { readonly policy: string | undefined; readonly firstSeed: number; readonly runs: number },
): Promise<TestsReport> {
  const { policy = map.strategy.policy, firstSeed, runs } = options;
  if (!TEST_POLICIES.includes(policy))
    throw new CommandFailure(`an archive is played by ${TEST_POLICIES.join(', ')}, not by ${policy}`);
  const { minExploration } = map.strategy;
  const chosen = policy === map.strategy.policy ? map.strategy : strategy.parse({ policy, minExploration });
  const tests = await readArchive(file, readCsv(file), map);
  const spread = spreadOf(tests);
  const bar = progressBar('Replaying');
  const seeds = Array.from({ length: runs }, (_, run) => firstSeed + run);
  const played = seeds.map((seed, run) => {
    const onTest = (done: number) => bar.update(run * tests.length + done, runs * tests.length, `seed ${seed}`);
    const how = { strategy: chosen as AllocationStrategy, minExploration, prior: map.prior };
    return playTests(tests, spread, how, map.batches, seed, onTest);
  });
  bar.end();
  return testsReport({ policy, batches: map.batches, seeds, spread }, tests, played);
}
