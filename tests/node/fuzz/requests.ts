/** Requests of an operation: made from its schemas and from what exists, then hurt. */
import fc from 'fast-check';
import type { ApiDocument, Operation, Parameter } from './document.ts';
import { type Draft, hurtDraft } from './hurts-http.ts';
import { type Hurt, hurtText, hurtValue, junk } from './hurts-json.ts';
import { namesOf, type Sample, sampleOf } from './samples.ts';
import type { Sent } from './stack.ts';
import { type KnownValues, valuesOf } from './values.ts';
import type { World } from './world.ts';

/** Three spoil a request more often than they find their way past each other. */
const MAX_HURTS = 3;
/** Numbers that a place or a known value is picked by. */
const MAX_PICK = 9_999;

/** Who asks: a server, a page, a page that puts its key into body or address. */
type Who = 'server' | 'page' | 'keyInside';

/** A request as choices; what they mean is looked up in the world that is there then. */
export interface Choices {
  readonly operation: Operation;
  readonly who: Who;
  /** What was made from the schemas, the sample, or the sample with more fields. */
  readonly from: 'schemas' | 'sample' | 'both';
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly hurts: readonly Hurt[];
}

/** Names of fields whose values are kept under another name. */
const ALIASES: Readonly<Record<string, string>> = {
  goal: 'goals',
  campaign: 'campaigns',
  placement: 'placements',
  segment: 'segments',
  channel: 'channels',
  pool: 'pools',
  stock: 'stocks',
  id: 'customers',
};

/** A value that exists, by name; undefined when none are known under it. */
function knownIn({ known }: World): KnownValues {
  return (field) => {
    const values = known[ALIASES[field] ?? field];
    return values && fc.nat({ max: MAX_PICK }).map((pick) => values[pick % values.length]);
  };
}

const hurts: fc.Arbitrary<Hurt> = fc.record({
  part: fc.oneof(
    { arbitrary: fc.constant('body' as const), weight: 9 },
    { arbitrary: fc.constant('text' as const), weight: 3 },
    { arbitrary: fc.constant('header' as const), weight: 3 },
    { arbitrary: fc.constant('query' as const), weight: 2 },
    { arbitrary: fc.constant('path' as const), weight: 2 },
    { arbitrary: fc.constant('method' as const), weight: 1 },
  ),
  kind: fc.nat({ max: MAX_PICK }),
  at: fc.nat({ max: MAX_PICK }),
  junk,
});

type Values = ReturnType<typeof valuesOf>;

/** Parameters in one place; those that need not be there are left out half of the time. */
function parametersIn(operation: Operation, where: Parameter['in'], values: Values, known: KnownValues) {
  const these = operation.parameters.filter((parameter) => parameter.in === where);
  const arbitraries = these.map(({ name, schema }) => {
    const field = where === 'path' ? namesOf(operation.path, name) : name;
    const exists = known(field);
    const made = values(schema, field);
    return [name, exists ? fc.oneof({ arbitrary: exists, weight: 4 }, made) : made] as const;
  });
  const requiredKeys = these.filter(({ required }) => required).map(({ name }) => name);
  return fc.record(Object.fromEntries(arbitraries), { requiredKeys, noNullPrototype: true });
}

function choicesFor(operation: Operation, values: Values, known: KnownValues): fc.Arbitrary<Choices> {
  return fc.record({
    operation: fc.constant(operation),
    who: fc.constantFrom<Who>(
      ...(operation.auth === 'any' ? (['server', 'page', 'keyInside'] as const) : (['server'] as const)),
    ),
    from: fc.constantFrom('schemas', 'sample', 'both', 'both'),
    params: parametersIn(operation, 'path', values, known),
    query: parametersIn(operation, 'query', values, known),
    headers: fc.oneof(fc.constant({}), parametersIn(operation, 'header', values, known)),
    body: operation.body ? values(operation.body) : fc.constant(undefined),
    hurts: fc.array(hurts, { maxLength: MAX_HURTS }),
  }) as fc.Arbitrary<Choices>;
}

/** Decisions and their way back are asked for as often as all the rest. */
const MAIN_WEIGHT = 10;
/** What is published brings new campaigns to decide by, odd ones among them. */
const PUSH_WEIGHT = 6;

function weightOf({ auth, name }: Operation): number {
  if (auth === 'any') return MAIN_WEIGHT;
  return name === 'POST /v1/push' ? PUSH_WEIGHT : 1;
}

/** Requests of all operations. */
export function anyChoices({ operations, schemas }: ApiDocument, world: World): fc.Arbitrary<Choices> {
  const known = knownIn(world);
  const values = valuesOf(schemas, known);
  return fc.oneof(
    ...operations.map((operation) => ({
      arbitrary: choicesFor(operation, values, known),
      weight: weightOf(operation),
    })),
  );
}

/** The choices of an operation's sample: nothing is hurt, nothing optional is there. */
export function sampleChoices(operation: Operation, world: World): Choices {
  const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
  const params = inPath.map(({ name }) => [name, world.known[namesOf(operation.path, name)]?.[0]]);
  const nothing = { query: {}, headers: {}, hurts: [] };
  return { operation, who: 'server', from: 'sample', params: Object.fromEntries(params), body: {}, ...nothing };
}

function pathOf(path: string, params: Readonly<Record<string, unknown>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name]).toWellFormed()));
}

/** Header values are bytes: what HTTP cannot carry stays out. */
function headerText(value: unknown): string {
  return String(value)
    .replaceAll(/[^\x20-\x7e]/g, '')
    .trim();
}

function identify(draft: Draft, body: unknown, { who, operation }: Choices, { workspace }: World): unknown {
  if (who === 'server') {
    draft.headers.authorization = `Bearer ${workspace.secretKey}`;
    return body;
  }
  draft.headers.origin = workspace.origin;
  if (who === 'page') draft.headers.authorization = `Bearer ${workspace.publishableKey}`;
  else if (!operation.body) draft.query.push(['key', workspace.publishableKey]);
  else if (typeof body === 'object' && body !== null) return { ...body, key: workspace.publishableKey };
  return body;
}

/** Fields of the sample go before those that were made. */
function bodyOf({ from, body }: Choices, sample: Sample): unknown {
  const mixes = from === 'both' && typeof body === 'object' && body !== null && typeof sample.body === 'object';
  return mixes ? { ...body, ...sample.body } : (sample.body ?? body);
}

/** What is sent for these choices. */
export function draftOf(choices: Choices, world: World): Draft {
  const { operation, hurts: all } = choices;
  const sample: Sample = choices.from === 'schemas' ? {} : sampleOf(world, operation.method, operation.path);
  const headers = Object.entries({ ...choices.headers, ...sample.headers });
  const draft: Draft = {
    method: operation.method,
    path: pathOf(operation.path, { ...choices.params, ...sample.params }),
    query: Object.entries(choices.query).map(([name, value]) => [name, String(value).toWellFormed()]),
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), headerText(value)])),
    body: undefined,
  };
  let value = identify(draft, bodyOf(choices, sample), choices, world);
  for (const hurt of all) if (hurt.part === 'body') value = hurtValue(value, hurt);
  if (operation.body) {
    draft.headers['content-type'] ??= 'application/json';
    draft.body = JSON.stringify(value);
  }
  for (const hurt of all) {
    if (hurt.part === 'text')
      draft.body = typeof draft.body === 'object' ? draft.body : hurtText(draft.body ?? '{}', hurt);
    else hurtDraft(draft, hurt, world);
  }
  return draft;
}

/** The draft as it goes over the wire, its path as it is but for what is no ASCII: nothing puts it in order before the worker in front reads it. */
export function sentOf({ method, path, query, headers, body }: Draft): Sent {
  const search = query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
  const written = path.replaceAll(/[^\x21-\x7e]/gu, encodeURIComponent);
  const carries = body !== undefined && method !== 'GET' && method !== 'HEAD';
  return { method, target: `${written}${search && `?${search}`}`, headers, body: carries ? body : undefined };
}
