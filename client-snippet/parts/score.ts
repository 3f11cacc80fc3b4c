/**
 * Scores on the page: `hyperedge('score', { models: ['purchase-intent'] })`. What a model reads of the session stays here; its score is told to the page's
 * own code, to decisions that are made on the page, and, in buckets and with consent, to the API.
 */
import { scoreBucket } from '../../decisioning/scoring/on-device.ts';
import { outputsOf } from '../../decisioning/scoring/outputs.ts';
import { encodeRow } from '../../decisioning/scoring/vector.ts';
import type { Core } from '../lib/core.ts';
import { type Loaded, load } from './score/load.ts';
import { clear, count, forgetSession, look, type PageKind, resolver, resume, save } from './score/session.ts';

interface Options {
  models?: string[];
  /** Publishable, where the script's tag has none. */
  key?: string;
  page?: PageKind;
  count?: string | Record<string, number>;
  attributes?: Record<string, unknown>;
  /** Attribute by model that its bucket is sent as. */
  send?: Record<string, string>;
  /** For the part `device`, which is started with the first scores. */
  device?: { key?: string; attributes?: HyperedgeOptions['attributes'] };
  engine?: string;
  /** Where the site keeps the files of onnxruntime-web. */
  src?: string;
}

/** How often scores are worked out again while the visitor only reads. */
const SCORE_AGAIN_MS = 5_000;
/** Longest wait for the first scores before decisions on the page begin without them. */
const DEVICE_WAIT_MS = 1_000;
/** How long a page goes by what it was told of a model: as long as the API lets it be kept. A version that is called back scores no longer. */
const MODEL_LIFE_MS = 60_000;
/** Models of one page: each is a file, and runs whenever something happens. */
const MAX_PAGE_MODELS = 4;

/** Site's attributes by path; they stay here. */
const own: Record<string, unknown> = {};
const sent: Record<string, string> = {};
/** How to ask for a model, what came of it, and when it was asked. */
interface Model {
  readonly ask: (before?: Loaded) => Promise<Loaded | undefined>;
  loading: Promise<Loaded | undefined>;
  atMs: number;
}
const models = new Map<string, Model>();
/** Score by model, and its bucket. */
const scores = new Map<string, { readonly outputs: Readonly<Record<string, number>>; readonly bucket: number }>();
/** What decisions on the page were told, by path. */
const told: Record<string, number | null> = {};
let page: Core | undefined;
/** Whether decisions on the page are told of scores. */
let tells = false;
let running: Promise<unknown> | undefined;
let again = false;
/** How often the visitor was forgotten: what is scored until then is nobody's. */
let turns = 0;

/** What was done is kept, and its bucket sent, with both purposes alone. */
const mayStore = (): boolean => {
  const { consent, preview, purposes } = (page as Core).$settings;
  const isRefused = purposes && !(purposes.personalization && purposes.analytics);
  return consent === 'granted' && !preview && !isRefused;
};

/** Puts buckets among the attributes of requests, or takes them out. */
const send = (isOver = !mayStore()): void => {
  const { $settings } = page as Core;
  for (const [id, name] of Object.entries(sent)) {
    const { [name]: _, ...rest } = $settings.attributes ?? {};
    const bucket = scores.get(id)?.bucket;
    $settings.attributes = !isOver && bucket !== undefined ? { ...rest, [name]: bucket } : rest;
  }
};

const hand = (options: Options['device'] = {}): unknown => {
  for (const path in told) told[path] = null; // a score that is no more
  for (const [id, { outputs }] of scores)
    for (const [name, value] of Object.entries(outputs)) told[`models.${id}.${name}`] = value;
  return hyperedge('device', { ...options, attributes: { ...options.attributes, ...told } });
};

/** @returns whether its bucket is another than before */
const scoreOne = async ({ id, version, manifest, engine, run }: Loaded): Promise<boolean> => {
  const resolve = resolver(own);
  const atMs = performance.now();
  const { row, missing } = encodeRow(manifest.inputs, resolve);
  const mine = turns;
  const outputs = outputsOf(manifest, await run(row));
  if (mine !== turns) return false;
  const score = outputs[manifest.outputs[0]?.name ?? ''];
  const before = scores.get(id);
  if (score === undefined) return scores.delete(id);
  const bucket = scoreBucket(manifest, score);
  scores.set(id, { outputs, bucket });
  const inputs = Object.fromEntries(manifest.inputs.map(({ name, attribute }) => [name, resolve(attribute)]));
  const detail = {
    model: id,
    version,
    engine,
    outputs,
    bucket,
    inputs,
    missing,
    told: tells,
    ms: performance.now() - atMs,
  };
  dispatchEvent(new CustomEvent('hyperedge:score', { detail }));
  return before?.bucket !== bucket;
};

/** Looks whether the same version is in charge, while it goes on scoring. */
const askAgain = async (model: Model, before: Loaded | undefined): Promise<void> => {
  model.atMs = performance.now();
  const loading = model.ask(before);
  if ((await loading) === before) return;
  model.loading = loading;
  rescore();
};

const scoreAll = async (): Promise<void> => {
  let changed = false;
  for (const [id, model] of models) {
    const loaded = await model.loading;
    if (performance.now() - model.atMs > MODEL_LIFE_MS) askAgain(model, loaded);
    // A model that breaks costs its score alone.
    const isOther = await (loaded ? scoreOne(loaded) : Promise.reject()).catch(() => scores.delete(id));
    changed = isOther || changed;
  }
  send();
  if (changed && tells) hand();
};

/** Scores everything; what happens meanwhile is scored once more after it. */
const rescore = (): Promise<unknown> => {
  again = true;
  running ??= (async () => {
    while (again) {
      again = false;
      await scoreAll();
    }
    running = undefined;
  })();
  return running;
};

const begin = (core: Core): void => {
  const { $commands } = core;
  page = core;
  resume(mayStore());
  for (const name of ['consent', 'reset']) {
    const before = $commands[name];
    $commands[name] = (...values) => {
      // Before the requests that follow, in whose attributes nothing of it may be.
      if (name === 'reset' || values[0] !== 'granted') {
        forgetSession();
        turns++;
        scores.clear();
        send(true);
      }
      before?.(...values);
      // After a reset it is another visitor's session, kept when there is something to keep.
      if (name === 'consent') save(mayStore());
      rescore();
    };
  }
  addEventListener('hyperedge:purposes', () => {
    send();
    if (!mayStore()) clear();
  });
  document.addEventListener('visibilitychange', () => save(mayStore()));
  addEventListener('pagehide', () => save(mayStore()));
  setInterval(() => document.visibilityState === 'visible' && rescore(), SCORE_AGAIN_MS);
};

/** Counts, loads and scores; called again it adds, and with `page` another page is looked at. */
export const start = async (core: Core, options: Options = {}): Promise<void> => {
  const isFirst = !page;
  if (isFirst) begin(core);
  const { key = core.$settings.key ?? options.device?.key, count: counted = {}, engine, src } = options;
  if (isFirst || options.page) look(options.page);
  for (const [name, by] of Object.entries(typeof counted === 'string' ? { [counted]: 1 } : counted)) count(name, by);
  Object.assign(own, options.attributes);
  Object.assign(sent, options.send);
  for (const id of options.models ?? [])
    if (key && (engine || (!models.has(id) && models.size < MAX_PAGE_MODELS))) {
      const ask: Model['ask'] = (before) => load(core, id, key, engine, src, before).catch(() => undefined);
      models.set(id, { ask, loading: ask(), atMs: performance.now() });
    }
  save(mayStore());
  const scored = rescore();
  if (!options.device) return;
  await Promise.race([scored, new Promise((resolve) => setTimeout(resolve, DEVICE_WAIT_MS))]);
  await hand(options.device);
  tells = true;
  rescore();
};
