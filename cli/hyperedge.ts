/** `npm run hyperedge -- COMMAND …`: configuration from files. */
import { parseArgs } from 'node:util';
import { didYouMean } from '../decisioning/did-you-mean.ts';
import { dryRun } from './commands/dry-run.ts';
import { estimate } from './commands/estimate.ts';
import { learning } from './commands/learning.ts';
import { models } from './commands/models.ts';
import { alerts, budgets } from './commands/money.ts';
import { performance } from './commands/performance.ts';
import { push, pushAsSql, validate } from './commands/push.ts';
import { printSchema, writeSchemas } from './commands/schema.ts';
import { createWorkspace } from './commands/workspace.ts';
import { EXIT, runCommand, usageFailure } from './failure.ts';
import { LOCAL_FOLDER } from './local.ts';
import { chooseTarget, type Wishes } from './target.ts';
import { USAGE, usageOf } from './usage.ts';
import { wholeNumber } from './whole-number.ts';

const COMMANDS = [
  'validate',
  'push',
  'dry-run',
  'estimate',
  'performance',
  'learning',
  'budgets',
  'alerts',
  'models',
  'schema',
  'workspace',
];
const HELP = ['--help', '-h'];

const HELP_HINT = 'npm run hyperedge -- --help';

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command !== undefined && COMMANDS.includes(command) && rest.some((arg) => HELP.includes(arg))) {
    process.stdout.write(usageOf(command));
    return EXIT.ok;
  }
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
    case 'learning':
      return learning(rest);
    case 'budgets':
      return budgets(rest);
    case 'alerts':
      return alerts(rest);
    case 'models':
      return models(rest);
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
      models: { type: 'string', default: 'models' },
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
    models: values.models,
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
