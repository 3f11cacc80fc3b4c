/** `models`: versions of models, pushed from folders, staged and taken out of service. */
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { modelPerformance } from '../../contract/models/performance.ts';
import {
  modelSummary,
  modelsResponse,
  modelVersion,
  modelVersionDetail,
  registeredModel,
} from '../../contract/models/registry.ts';
import { scoreResponse } from '../../contract/models/score.ts';
import { trainingJob, trainingJobs } from '../../contract/models/training.ts';
import { didYouMean } from '../../decisioning/did-you-mean.ts';
import { type Api, type ApiRequest, callApi } from '../api.ts';
import { CommandFailure, EXIT, usageFailure } from '../failure.ts';
import { LOCAL_FOLDER } from '../local.ts';
import { folderUpload, forGoal } from '../models/folder.ts';
import { formatJob, formatJobs } from '../models/jobs.ts';
import { logCsv } from '../models/log-csv.ts';
import { formatModelPerformance } from '../models/performance.ts';
import { formatModel, formatModels, formatScore, stageText } from '../models/words.ts';
import { chooseTarget } from '../target.ts';
import { counted, paint } from '../terminal.ts';
import { wholeNumber } from '../whole-number.ts';

const ACTIONS = ['list', 'show', 'push', 'stage', 'retire', 'delete', 'card', 'score', 'performance', 'jobs', 'log'];
const STAGES = ['shadow', 'canary', 'live', 'retired'];
/** What is done with a job, by the words for it. */
const JOB_STATES: Readonly<Record<string, string>> = { take: 'running', 'give-up': 'failed' };
/** Ids are counted from 1. */
const MAX_JOB_ID = 1_000_000_000;
/** A drawing inside a card: nothing for a terminal. */
const DRAWING = /\]\(data:image[^)]*\)/g;

const OPTIONS = {
  site: { type: 'string' },
  key: { type: 'string' },
  stage: { type: 'string' },
  share: { type: 'string' },
  reason: { type: 'string' },
  version: { type: 'string' },
  days: { type: 'string' },
  job: { type: 'string' },
  goal: { type: 'string' },
  from: { type: 'string' },
  manifest: { type: 'string' },
  resume: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parse>['values'];
const parse = (args: string[]) => parseArgs({ args, allowPositionals: true, options: OPTIONS });

/** Runs one action on the registry. */
export async function models(args: string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const [action = 'list', ...rest] = positionals;
  switch (action) {
    case 'list':
      return read(values, '/v1/models', modelsResponse, ({ models: all }) => formatModels(all));
    case 'show':
      return read(values, `/v1/models/${idOf(rest, 1)}`, modelSummary, formatModel);
    case 'push':
      return push(values, rest);
    case 'stage':
      return stage(values, idOf(rest, 3), rest[1]!, wishOf(rest[2]!, values.share));
    case 'retire':
      return stage(values, idOf(rest, 2), rest[1]!, { stage: 'retired' });
    case 'delete':
      return remove(values, idOf(rest, 2), rest[1]!);
    case 'card':
      return card(values, rest);
    case 'score':
      return score(values, rest);
    case 'performance':
      return performance(values, idOf(rest, 1));
    case 'jobs':
      return jobs(values, rest);
    case 'log':
      return log(values, rest);
    default:
      throw usageFailure(`models "${action}"${didYouMean(action, ACTIONS)}`);
  }
}

/** The model's id, with as many words as the action takes. */
function idOf(words: readonly string[], count: number): string {
  const [id] = words;
  if (id === undefined || words.length !== count)
    throw usageFailure(['Name the model', 'and its version', 'and the stage'].slice(0, count).join(' '));
  return encodeURIComponent(id);
}

interface StageWish {
  readonly stage: string;
  readonly share?: number;
}

/** `canary:0.1`, or `canary` and `--share 0.1`. */
function wishOf(text: string, shareOption: string | undefined): StageWish {
  const [name = '', after, ...more] = text.split(':');
  if (!STAGES.includes(name) || more.length > 0)
    throw usageFailure(`"${text}" is no stage${didYouMean(name, STAGES)}: shadow, canary:0.1, live or retired`);
  const told = after ?? shareOption;
  if (name !== 'canary') {
    if (told !== undefined) throw usageFailure('only a canary has a share of the customers');
    return { stage: name };
  }
  const share = Number(told);
  if (told === undefined || !(share > 0 && share < 1))
    throw usageFailure(`a canary takes a share of the customers above 0 and below 1: canary:0.1`);
  return { stage: name, share };
}

async function ask<T>(api: Api, request: ApiRequest, schema: z.ZodType<T>): Promise<T> {
  const reply = await callApi(api, request);
  if (reply.outcome === 'refused') {
    const { title, detail, errors = [] } = reply.problem;
    throw new CommandFailure(
      [detail ?? title, ...errors.map((error) => `  ${error.field} ${error.detail}`)].join('\n'),
    );
  }
  const answer = schema.safeParse(reply.body);
  if (answer.success) return answer.data;
  throw new CommandFailure(`${api.site} answers in the words of another version: use its own command line`);
}

function targetOf(values: Values): Api {
  const site = values.site ?? (process.env.HYPEREDGE_SITE || undefined);
  return chooseTarget({ site, key: values.key ?? process.env.HYPEREDGE_SECRET_KEY }, LOCAL_FOLDER);
}

function tell<T>(values: Values, answer: T, words: (answer: T) => string): number {
  process.stdout.write(values.json ? `${JSON.stringify(answer, null, 2)}\n` : words(answer));
  return EXIT.ok;
}

async function read<T>(values: Values, path: string, schema: z.ZodType<T>, words: (answer: T) => string) {
  return tell(values, await ask(targetOf(values), { method: 'GET', path }, schema), words);
}

async function push(values: Values, folders: readonly string[]): Promise<number> {
  if (folders.length === 0) throw usageFailure('Name the folders of the models, e.g. models/churn');
  const wish = values.stage === undefined ? undefined : wishOf(values.stage, values.share);
  if (values.job !== undefined && folders.length > 1) throw usageFailure('--job is of one model: name one folder');
  const origin = values.job === undefined ? {} : { job: wholeNumber('--job', values.job, 1, MAX_JOB_ID) };
  const uploads = folders
    .map((folder) => forGoal(folderUpload(folder), values.goal))
    .map((one) => ({ ...one, lineage: { ...one.lineage, ...origin } }));
  const api = targetOf(values);
  for (const upload of uploads) {
    const { id } = upload.manifest;
    const request = { method: 'POST', path: '/v1/models', body: JSON.stringify(upload) } as const;
    const done = await ask(api, request, registeredModel);
    const { version, created, fileBytes } = done;
    const checked =
      upload.golden.length > 0 ? `, ${counted(upload.golden.length, 'golden customer')} scored the same` : '';
    const size = `${fileBytes.toLocaleString('en')} bytes`;
    // What serves already is not moved by a push that comes again: only `models stage` does that.
    const left = wish && done.stage !== 'registered' ? `, and stays so: models stage ${id} ${version} … moves it` : '';
    process.stdout.write(
      created
        ? `${paint('green', '✓')} ${paint('bold', id)}: version ${version} (${size}${checked})\n`
        : `${paint('gray', '=')} ${paint('bold', id)}: version ${version} is there already, ${stageText(done)}${left}\n`,
    );
    if (wish && done.stage === 'registered') await put(api, values, encodeURIComponent(id), `${version}`, wish);
    else if (created && done.stage === 'registered')
      process.stdout.write(`  It serves nobody yet: npm run hyperedge -- models stage ${id} ${version} shadow\n`);
    else if (created) process.stdout.write(`  Job ${values.job} is done: it begins as a ${stageText(done)}\n`);
  }
  return EXIT.ok;
}

async function remove(values: Values, id: string, version: string): Promise<number> {
  checkVersion(version);
  await ask(targetOf(values), { method: 'DELETE', path: `/v1/models/${id}/versions/${version}` }, z.null());
  const words = `${decodeURIComponent(id)} ${version} is deleted: manifest, card, figures and file`;
  process.stdout.write(`${paint('green', '✓')} ${words}\n`);
  return EXIT.ok;
}

function checkVersion(version: string): void {
  if (!/^[1-9]\d{0,6}$/.test(version)) throw usageFailure(`"${version}" is no version: a number from 1 on`);
}

async function stage(values: Values, id: string, version: string, wish: StageWish): Promise<number> {
  checkVersion(version);
  await put(targetOf(values), values, id, version, wish);
  return EXIT.ok;
}

/** What a stage means for customers. */
const MEANING: Readonly<Record<string, string>> = {
  shadow: 'scores unheard',
  canary: 'serves its share of the customers',
  live: 'serves all customers but a canary’s',
  retired: 'serves nobody',
};

async function put(
  api: Api,
  { reason, resume, json }: Values,
  id: string,
  version: string,
  wish: StageWish,
): Promise<void> {
  const told = { ...(reason !== undefined && { reason }), ...(resume && { resume }) };
  const body = JSON.stringify({ ...wish, ...told });
  const request = { method: 'PUT', path: `/v1/models/${id}/versions/${version}/stage`, body } as const;
  const done = await ask(api, request, modelVersion);
  const words = `${done.model} ${done.version} is ${stageText(done)}: ${MEANING[done.stage]}, within 5 seconds`;
  process.stdout.write(json ? `${JSON.stringify(done, null, 2)}\n` : `${paint('green', '✓')} ${words}\n`);
}

async function card(values: Values, [id, version, ...more]: readonly string[]): Promise<number> {
  if (id === undefined || more.length > 0)
    throw usageFailure('Name the model, and its version unless it is the newest');
  const api = targetOf(values);
  const at = `/v1/models/${encodeURIComponent(id)}`;
  const newest = async () => (await ask(api, { method: 'GET', path: at }, modelSummary)).versions[0]?.version;
  const path = `${at}/versions/${encodeURIComponent(version ?? String(await newest()))}`;
  return read(values, path, modelVersionDetail, ({ card: text, version: number }) =>
    text === ''
      ? `${id} ${number} was pushed without a card.\n`
      : `${text.replaceAll(DRAWING, '](a drawing: --json has it)').trimEnd()}\n`,
  );
}

async function score(values: Values, words: readonly string[]): Promise<number> {
  const [id, customer, ...more] = words;
  if (id === undefined || customer === undefined || more.length > 0)
    throw usageFailure('Name the model and the customer');
  const version = values.version === undefined ? {} : { version: Number(values.version) };
  const body = JSON.stringify({ customer: { id: customer }, ...version });
  const path = `/v1/models/${encodeURIComponent(id)}/score`;
  const answer = await ask(targetOf(values), { method: 'POST', path, body }, scoreResponse);
  return tell(values, answer, (told) => formatScore(customer, told));
}

function performance(values: Values, id: string): Promise<number> {
  const query = values.days === undefined ? '' : `?days=${encodeURIComponent(values.days)}`;
  return read(values, `/v1/models/${id}/performance${query}`, modelPerformance, formatModelPerformance);
}

/** `jobs`, `jobs take 7`, `jobs give-up 7 --reason TEXT`. */
async function jobs(values: Values, [word, id, ...more]: readonly string[]): Promise<number> {
  if (word === undefined) return read(values, '/v1/training-jobs', trainingJobs, ({ jobs: all }) => formatJobs(all));
  const state = JOB_STATES[word];
  if (state === undefined)
    throw usageFailure(`models jobs "${word}"${didYouMean(word, Object.keys(JOB_STATES))}: take or give-up`);
  if (id === undefined || more.length > 0) throw usageFailure('Name the job by its number: models jobs take 7');
  const body = JSON.stringify({ state, ...(values.reason !== undefined && { note: values.reason }) });
  const path = `/v1/training-jobs/${wholeNumber('the job', id, 1, MAX_JOB_ID)}`;
  return tell(values, await ask(targetOf(values), { method: 'POST', path, body }, trainingJob), formatJob);
}

/** What a folder of the decision log has of a model, to the standard output. */
function log({ from, manifest }: Values, [id, ...more]: readonly string[]): number {
  if (id === undefined || more.length > 0) throw usageFailure('Name the model: models log churn --from FOLDER');
  if (from === undefined) throw usageFailure('Name the folder with the log: --from FOLDER');
  process.stdout.write(logCsv(id, from, manifest ?? `models/${id}/manifest.json`));
  return EXIT.ok;
}
