/** `npm run replay -- FILE.csv --map MAP.yaml`: plays a log against a campaign through the engine itself. */
import { parseArgs } from 'node:util';
import { EXIT, runCommand, usageFailure } from './failure.ts';
import { compileCampaign, REPLAY_POLICIES, type ReplayPolicy } from './replay/campaign.ts';
import { readCsv } from './replay/csv.ts';
import { readLog } from './replay/log.ts';
import { readMap } from './replay/map.ts';
import { play } from './replay/play.ts';
import { formatReport, reportOf } from './replay/report.ts';
import { readTestsMap } from './replay/tests/read-map.ts';
import { formatTestsReport } from './replay/tests/report.ts';
import { replayTests } from './replay/tests/run.ts';
import { progressBar } from './terminal.ts';
import { wholeNumber } from './whole-number.ts';

const USAGE = `Usage: npm run replay -- FILE.csv --map MAP.yaml

  FILE.csv        the log, plain or gzipped, with a header
  --map MAP.yaml  what its columns mean, and the campaign that plays it; see examples/replay/
  --policy P      instead of the campaign's own: ${REPLAY_POLICIES.join(', ')}
  --seed N        of the first run (default 1); the same seed gives the same run
  --runs N        runs with consecutive seeds (default 1); figures are their means
  --json          print the report as JSON
`;

/** More runs than this say nothing more about the mean. */
const MAX_RUNS = 1_000;

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      map: { type: 'string' },
      policy: { type: 'string' },
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw usageFailure('Name one CSV file');
  if (values.map === undefined) throw usageFailure('Name the map of its columns: --map MAP.yaml');
  const firstSeed = wholeNumber('--seed', values.seed, 0, Number.MAX_SAFE_INTEGER - MAX_RUNS);
  const runCount = wholeNumber('--runs', values.runs, 1, MAX_RUNS);
  const policy = policyOf(values.policy);
  const archive = readTestsMap(values.map);
  if (archive) {
    const report = await replayTests(file, archive, { policy, firstSeed, runs: runCount });
    process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : formatTestsReport(report));
    return EXIT.ok;
  }
  const map = readMap(values.map);
  const log = await readLog(file, readCsv(file), map);
  const bar = progressBar('Replaying');
  const runs = Array.from({ length: runCount }, (_, run) => {
    const seed = firstSeed + run;
    const campaign = compileCampaign(map, policy, `replay-${seed}`);
    const onBatch = (rows: number) => bar.update(run * log.length + rows, runCount * log.length, `seed ${seed}`);
    return { seed, played: play(log, campaign, String(seed), onBatch) };
  });
  bar.end();
  const names = { campaign: map.campaign.id, mode: map.mode, policy: policy ?? map.campaign.strategy.policy };
  const report = reportOf(names, log, runs);
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report));
  return EXIT.ok;
}

function policyOf(text: string | undefined): ReplayPolicy | undefined {
  if (text === undefined || (REPLAY_POLICIES as readonly string[]).includes(text))
    return text as ReplayPolicy | undefined;
  throw usageFailure(`--policy "${text}" is not one of ${REPLAY_POLICIES.join(', ')}`);
}

process.exitCode = await runCommand(() => main(process.argv.slice(2)), 'npm run replay -- --help');
