/** `npm run hyperedge -- COMMAND …`: configuration from files. */
import { parseArgs } from 'node:util';
import { didYouMean } from '../decisioning/did-you-mean.ts';
import { dryRun } from './commands/dry-run.ts';
import { estimate } from './commands/estimate.ts';
import { alerts, budgets } from './commands/money.ts';
import { performance } from './commands/performance.ts';
import { push, pushAsSql, validate } from './commands/push.ts';
import { printSchema, writeSchemas } from './commands/schema.ts';
import { createWorkspace } from './commands/workspace.ts';
import { EXIT, runCommand, usageFailure } from './failure.ts';
import { LOCAL_FOLDER } from './local.ts';
import { chooseTarget, type Wishes } from './target.ts';

const USAGE = `Usage: npm run hyperedge -- COMMAND

  validate PATH…            check each document against the contract; whether the goals, placements, segments,
                            channels, pools and stocks it names exist is known to the server alone: push --dry-run
  push PATH…                store and publish the documents in files, all or none
      --site URL            where Hyperedge runs (HYPEREDGE_SITE, else the one \`npm start\` runs here)
      --key KEY             a secret key (better: HYPEREDGE_SECRET_KEY, which stays out of the shell's history)
      --dry-run             check everything on the server, change nothing
      --no-publish          store the documents as drafts
      --note TEXT           why; kept with the revision
      --wrangler FILE.sql   write SQL for \`wrangler d1 execute\` instead; \`-\` is standard output
      --workspace ID        the workspace whose inbox the SQL fills
  dry-run PATH…             compile the documents as publishing would and rehearse them with invented customers
      --with-server         beside what the server has published; --site URL, --key KEY as for push
      --visits-per-day N    how busy it is (default 1000)
      --days N              how long (default 7), from --start YYYY-MM-DD (default today)
      --world WORLD.yaml    customers of your own, and what would really happen; see docs/guides/simulation.md
      --trials N            tell how soon there are so many (default 1000)
      --seed N, --json
  estimate SEGMENT          how many customers match a segment now; or PATH… for the segments and audiences in files
      --site URL, --key KEY as for push
  performance CAMPAIGN      how its arms do: rates with intervals, share of choices, chance of being the best
      --parameters          what each value of its parameters does
      --strategies          its strategies side by side
      --lifecycle           the phase it is in, and how it came there
      --json                the answer as it is
      --site URL, --key KEY as for push
  budgets                   where pools, stocks and the contacts of the day stand
      --json, --site URL, --key KEY
  alerts                    what nobody has acknowledged; --all for the others, too
      --kind KIND, --subject pool:ID, --since 24h, --json, --site URL, --key KEY
  alerts acknowledge ID…    say that somebody looks at it
  schema [KIND]             print the JSON Schema of a kind, or of any document
      --write FOLDER        write all of them into a folder
  workspace create ID       write the SQL that creates a workspace, a site and its two keys
      --name TEXT           of the workspace
      --residency eu        where its customers' data stays (none or eu; for ever)
      --site ID             of the first site (default: shop)
      --kind KIND           of the site: web, app or server (default: web)
      --origin URL          of a web site; may be given several times
      --wrangler FILE.sql   where to write the SQL; the keys then go to standard output. \`-\` (the default)
                            writes the SQL to standard output and the keys to standard error

A PATH is a .yaml, .yml, .json or .jsonc file, or a folder of them. A document is an object with its \`kind\`.
Exit codes: 0 done, 1 refused, 2 called wrongly.
`;

const COMMANDS = ['validate', 'push', 'dry-run', 'estimate', 'performance', 'budgets', 'alerts', 'schema', 'workspace'];

const HELP_HINT = 'npm run hyperedge -- --help';

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(USAGE);
      return command === undefined ? EXIT.usage : EXIT.ok;
    case 'validate':
      return validate(paths(parseArgs({ args: rest, allowPositionals: true, options: {} }).positionals));
    case 'push':
      return runPush(rest);
    case 'dry-run':
      return runDryRun(rest);
    case 'estimate':
      return estimate(rest);
    case 'performance':
      return performance(rest);
    case 'budgets':
      return budgets(rest);
    case 'alerts':
      return alerts(rest);
    case 'schema':
      return runSchema(rest);
    case 'workspace':
      return createWorkspace(rest);
    default:
      throw usageFailure(`There is no command "${command}"${didYouMean(command, COMMANDS)}`);
  }
}

function runPush(args: string[]): number | Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      site: { type: 'string' },
      key: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      'no-publish': { type: 'boolean', default: false },
      note: { type: 'string' },
      wrangler: { type: 'string' },
      workspace: { type: 'string' },
    },
  });
  const options = { publish: !values['no-publish'], dryRun: values['dry-run'], note: values.note };
  if (values.wrangler !== undefined) {
    if (options.dryRun) throw usageFailure('--dry-run asks the server: it does not go with --wrangler; see `validate`');
    if (!values.workspace) throw usageFailure('--wrangler needs --workspace: SQL carries no key that would name it');
    return pushAsSql(paths(positionals), values.workspace, values.wrangler, options);
  }
  return push(paths(positionals), chooseTarget(wishesOf(values), LOCAL_FOLDER), options);
}

function wishesOf({ site, key }: { readonly site?: string; readonly key?: string }): Wishes {
  return {
    // A variable that is set to nothing names nothing.
    site: site ?? (process.env.HYPEREDGE_SITE || undefined),
    key: key ?? process.env.HYPEREDGE_SECRET_KEY,
  };
}

/** A rehearsal of more would say the same. */
const MAX_REHEARSED_VISITS_PER_DAY = 50_000;
const MAX_REHEARSED_DAYS = 90;
const MAX_TRIALS_WANTED = 1_000_000_000;
const MAX_REHEARSAL_SEED = 4_294_000_000;

function runDryRun(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'visits-per-day': { type: 'string', default: '1000' },
      days: { type: 'string', default: '7' },
      start: { type: 'string', default: new Date().toISOString().slice(0, 10) },
      world: { type: 'string' },
      trials: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      'with-server': { type: 'boolean', default: false },
      site: { type: 'string' },
      key: { type: 'string' },
    },
  });
  if (!isDay(values.start)) throw usageFailure(`--start "${values.start}" is not a day such as 2026-11-27`);
  return dryRun(paths(positionals), {
    world: values.world,
    start: values.start,
    json: values.json,
    server: values['with-server'] ? chooseTarget(wishesOf(values), LOCAL_FOLDER) : undefined,
    visitsPerDay: wholeNumber('--visits-per-day', values['visits-per-day'], 1, MAX_REHEARSED_VISITS_PER_DAY),
    days: wholeNumber('--days', values.days, 1, MAX_REHEARSED_DAYS),
    trials: wholeNumber('--trials', values.trials, 1, MAX_TRIALS_WANTED),
    seed: wholeNumber('--seed', values.seed, 0, MAX_REHEARSAL_SEED),
  });
}

/** Whether a text is a day of the calendar: the 30th of February would be taken for the 2nd of March. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw usageFailure(`${name} "${text}" is not a whole number from ${min} to ${max}`);
  return value;
}

function runSchema(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { write: { type: 'string' } },
  });
  return values.write === undefined ? printSchema(positionals[0] ?? 'document') : writeSchemas(values.write);
}

function paths(positionals: readonly string[]): readonly string[] {
  if (positionals.length === 0) throw usageFailure('Name the files or folders');
  return positionals;
}

process.exitCode = await runCommand(() => main(process.argv.slice(2)), HELP_HINT);
