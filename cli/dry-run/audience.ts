/** Invented customers for a configuration: spread so that every condition has somebody inside and somebody outside. */
import { RESERVED_ROOTS, rootOf } from '../../decisioning/catalog/attribute-paths.ts';
import type { Catalog } from '../../decisioning/catalog/compile.ts';
import { isModelPath } from '../../decisioning/scoring/paths.ts';
import type { AttributeSpec, VisitorsSpec } from '../../simulations/worlds/spec.ts';
import { visitors } from '../simulate/world.ts';
import { ANY_SCORE, type Manifests, scoreSpecs } from './scores.ts';

/** Visits by kind of device, in percent: what a shop's page sees. */
const DEVICES: AttributeSpec = {
  kind: 'choices',
  values: [
    ['mobile', 55],
    ['desktop', 40],
    ['tablet', 5],
  ],
};
/** Facts that conditions compare with values of their own, and that a customer keeps. */
const TEXT_FACTS = /^(geo|page|device)\./;
/** Stands for every value that no condition names. */
const OTHER = 'another';
/** Half of customers said yes where a channel asks. */
const CONSENT_SHARE = 0.5;

/**
 * @param visitsPerDay expected visits of an average day, returns included.
 * @param manifests of the models that are known: their scores are spread as in their training
 */
export function inventVisitors(catalog: Catalog, visitsPerDay: number, manifests: Manifests = new Map()): VisitorsSpec {
  const base = visitors.parse({});
  const slices = Object.values(catalog.placements).map(({ rules }) => rules);
  const campaigns = slices.flatMap((rules) => rules.campaigns);
  const values = new Map<string, Set<unknown>>();
  for (const { segments } of slices) for (const condition of Object.values(segments)) collect(condition, values);
  for (const { condition, contexts } of campaigns)
    for (const each of [condition, ...contexts.map((context) => context.condition)]) collect(each, values);
  const scored = new Set(campaigns.flatMap(({ scorePaths = [] }) => scorePaths));
  const attributes: Record<string, AttributeSpec> = { 'device.type': DEVICES };
  for (const [path, found] of values)
    if (TEXT_FACTS.test(path) && path !== 'device.type') attributes[path] = choicesOf(found);
  for (const [id, { type }] of Object.entries(catalog.directory.attributes)) {
    const found = values.get(id) ?? new Set();
    if (type === 'string') attributes[id] = choicesOf(found);
    else if (type === 'number') attributes[id] = scored.has(id) ? ANY_SCORE : rangeOf(found);
    else if (type === 'boolean') attributes[id] = { kind: 'chance', share: 0.5 };
    else attributes[id] = { kind: 'list', values: namedIn(found).map((value) => [value, 0.5] as const) };
  }
  // Last, so that whoever is invented without models is the same with them.
  Object.assign(attributes, scoreSpecs(catalog, values, manifests));
  const asking = slices.filter(({ channel }) => channel.requiresConsent).map(({ channel }) => channel.id);
  return {
    ...base,
    newPerDay: visitsPerDay * (1 - base.again.share),
    timeZone: timeZoneOf(campaigns) ?? base.timeZone,
    attributes,
    consents: Object.fromEntries(asking.map((id) => [id, CONSENT_SHARE])),
    placements: slices.filter((rules) => rules.campaigns.length > 0).map(({ placement }) => placement),
  };
}

/** Where the invented customers live: in the zone that most campaigns name, UTC (which nobody has to name) only where none names another. */
function timeZoneOf(campaigns: readonly { readonly id: string; readonly timeZone: string }[]): string | undefined {
  const votes = new Map<string, Set<string>>();
  for (const { id, timeZone } of campaigns)
    if (timeZone !== 'UTC') votes.set(timeZone, (votes.get(timeZone) ?? new Set()).add(id));
  return [...votes].toSorted(([, one], [, other]) => other.size - one.size)[0]?.[0];
}

/** Plain values that a condition compares a path with: `{ plan: gold }`, `{ age: { $gte: 30 } }`, lists of `$in`. */
function collect(condition: unknown, into: Map<string, Set<unknown>>): void {
  if (typeof condition !== 'object' || condition === null) return;
  for (const [key, value] of Object.entries(condition)) {
    if (key.startsWith('$')) {
      for (const each of Array.isArray(value) ? value : [value]) collect(each, into);
      continue;
    }
    if (RESERVED_ROOTS.includes(rootOf(key)) && !TEXT_FACTS.test(key) && !isModelPath(key)) continue;
    const found = into.get(key) ?? new Set();
    into.set(key, found);
    for (const each of plainValues(value)) found.add(each);
  }
}

function plainValues(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(plainValues);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(plainValues);
  return value === null ? [] : [value];
}

/** Every named value as often as every other, and as often something else. */
function choicesOf(found: ReadonlySet<unknown>): AttributeSpec {
  return { kind: 'choices', values: [...namedIn(found), OTHER].map((value) => [value, 1] as const) };
}

function namedIn(found: ReadonlySet<unknown>): string[] {
  return [...found].filter((value) => typeof value === 'string');
}

/** Evenly from below the lowest named number to above the highest. */
function rangeOf(found: ReadonlySet<unknown>): AttributeSpec {
  const named = [...found].filter((value) => typeof value === 'number');
  if (named.length === 0) return { kind: 'uniform', min: 0, max: 100 };
  const [low, high] = [Math.min(...named), Math.max(...named)];
  const margin = Math.max(high - low, Math.abs(high), 1);
  return {
    kind: 'uniform',
    min: Math.floor(low - (low > 0 && margin > low ? low : margin)),
    max: Math.ceil(high + margin),
  };
}
