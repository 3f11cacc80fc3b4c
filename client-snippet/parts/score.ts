/**
 * Scores on the page: `hyperedge('score', { models: ['purchase-intent'] })`. What a model reads of the session stays here; its score is told to the page's
 * own code, to decisions that are made on the page, and, in buckets and with consent, to the API.
 */
import { scoreBucket } from '../../decisioning/scoring/on-device.ts';
import { outputsOf } from '../../decisioning/scoring/served.ts';
import { encodeRow } from '../../decisioning/scoring/vector.ts';
import type { Core } from '../lib/core.ts';
import { type Loaded, load } from './score/load.ts';
import { count, forgetSession, look, type PageKind, resolver, resume, save } from './score/session.ts';

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
/** Models of one page: each is a file, and runs whenever something happens. */
const MAX_PAGE_MODELS = 4;

/** Site's attributes by path; they stay here. */
const own: Record<string, unknown> = {};
const sent: Record<string, string> = {};
const models = new Map<string, Promise<Loaded | undefined>>();
/** Score by model, and its bucket. */
const scores = new Map<string, { readonly outputs: Readonly<Record<string, number>>; readonly bucket: number }>();
let page: Core | undefined;
/** Whether decisions on the page are told of scores. */
let tells = false;
let running: Promise<unknown> | undefined;
let again = false;

const mayStore = (): boolean => page?.$settings.consent === 'granted' && !page.$settings.preview;

/** Puts buckets among the attributes of requests, or takes them out: both purposes must be given. */
const send = (isOver = !mayStore()): void => {
  const { $settings } = page as Core;
  const { purposes: { personalization, analytics } = { personalization: true, analytics: true } } = $settings;
  for (const [id, name] of Object.entries(sent)) {
    const { [name]: _, ...rest } = $settings.attributes ?? {};
    const bucket = scores.get(id)?.bucket;
    const isGiven = !isOver && personalization && analytics && bucket !== undefined;
    $settings.attributes = isGiven ? { ...rest, [name]: bucket } : rest;
  }
};

const hand = (options: Options['device'] = {}): unknown => {
  const told: Record<string, number> = {};
  for (const [id, { outputs }] of scores)
    for (const [name, value] of Object.entries(outputs)) told[`models.${id}.${name}`] = value;
  return hyperedge('device', { ...options, attributes: { ...options.attributes, ...told } });
};

/** @returns whether its bucket is another than before */
const scoreOne = async ({ id, version, manifest, engine, run }: Loaded): Promise<boolean> => {
  const resolve = resolver(own);
  const atMs = performance.now();
  const { row, missing } = encodeRow(manifest.inputs, resolve);
  const outputs = outputsOf(manifest, await run(row));
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

const scoreAll = async (): Promise<void> => {
  let changed = false;
  for (const loading of models.values()) {
    const loaded = await loading;
    // A model that breaks costs its score alone.
    if (loaded) changed = (await scoreOne(loaded).catch(() => scores.delete(loaded.id))) || changed;
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
        send(true);
      }
      before?.(...values);
      // After a reset it is another visitor's session, kept when there is something to keep.
      if (name === 'consent') save(mayStore());
      rescore();
    };
  }
  addEventListener('hyperedge:purposes', () => send());
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
    if (key && (engine || (!models.has(id) && models.size < MAX_PAGE_MODELS)))
      models.set(
        id,
        load(core, id, key, engine, src).catch(() => undefined),
      );
  save(mayStore());
  const scored = rescore();
  if (!options.device) return;
  await Promise.race([scored, new Promise((resolve) => setTimeout(resolve, DEVICE_WAIT_MS))]);
  await hand(options.device);
  tells = true;
  rescore();
};
