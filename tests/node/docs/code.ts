/** What the documents list, read from the code. */
import { projectFiles, readProjectFile } from '../tidy/files.ts';

export interface Limit {
  readonly file: string;
  /** `MAX_EVENTS`, `maxWaiting`, or `REGEX_LIMITS.repeat`. */
  readonly name: string;
  /** In the code's unit; seconds as milliseconds, so that documents may write either. */
  readonly value: number;
}

const ROOMS = /^(contract|decisioning|db|durable-objects|worker|client-snippet|cli|simulations)\/.*\.ts$/;
const NOT_SHIPPED = /\.test\.ts$|\.suite\.|\/testing\/|\.d\.ts$/;
/** What a limit is called: a maximum, a time, a size. */
const LIMIT_NAME = /^MAX_|_(MS|SECONDS|BYTES|DAYS)$/;
/** Conversions are no limits. */
const UNIT = /^(MINUTE|HOUR|DAY)_MS$/;
const CONSTANT =
  /^(?:export )?const ([A-Z][A-Z0-9_]*) = ([\d_.\s*e]+|(?:[\d_]+ \* )?(?:MINUTE|HOUR|DAY)_MS|\d+ \* MS_PER_\w+);/gm;
const UNITS_MS: Readonly<Record<string, number>> = {
  MINUTE_MS: 60_000,
  HOUR_MS: 3_600_000,
  DAY_MS: 86_400_000,
  MS_PER_HOUR: 3_600_000,
};

/** A product of numbers and units. */
function productOf(expression: string): number {
  return expression
    .split('*')
    .map((factor) => UNITS_MS[factor.trim()] ?? Number(factor.replaceAll('_', '')))
    .reduce((product, factor) => product * factor, 1);
}

function constantsOf(file: string, text: string): Limit[] {
  return [...text.matchAll(CONSTANT)]
    .map(([, name = '', expression = '']) => ({ file, name, value: productOf(expression) }))
    .filter(({ name }) => LIMIT_NAME.test(name) && !UNIT.test(name))
    .map((limit) => (limit.name.endsWith('_SECONDS') ? { ...limit, value: limit.value * 1_000 } : limit));
}

/** Limits that stand where they are used, as `maxWaiting` and `gatherMs`: once a file, however often they are said there. */
const INNER = /^\s*const (max[A-Z]\w*|[a-z]\w*(?:Ms|Seconds|Bytes|Chars|Days)) = ([\d_.e]+);/gm;

function innerOf(file: string, text: string): Limit[] {
  const found = [...text.matchAll(INNER)].map(([, name = '', value = '']) => ({ file, name, value: productOf(value) }));
  return found.filter(({ name, value }, i) => found.findIndex((one) => one.name === name && one.value === value) === i);
}

/** Fields of `export const X_LIMITS = { … } as const`. */
function recordsOf(file: string, text: string): Limit[] {
  return [...text.matchAll(/^export const (\w+_LIMITS) = \{([\s\S]*?)\} as const;/gm)].flatMap(
    ([, record = '', body = '']) =>
      [...body.replaceAll(/\/\*\*[\s\S]*?\*\//g, '').matchAll(/(\w+): ([\d_]+)/g)].map(([, field, value = '']) => ({
        file,
        name: `${record}.${field}`,
        value: productOf(value),
      })),
  );
}

/** Every named limit of the rooms that are shipped. */
export function limitsInCode(): Limit[] {
  return projectFiles()
    .filter((file) => ROOMS.test(file) && !NOT_SHIPPED.test(file))
    .flatMap((file) => {
      const text = readProjectFile(file);
      return [...constantsOf(file, text), ...innerOf(file, text), ...recordsOf(file, text)];
    });
}

/** The string literals of `type NAME = 'a' | 'b' …;`, templates left out. */
export function unionMembers(file: string, name: string): string[] {
  const body = new RegExp(`^export type ${name} =([\\s\\S]*?);`, 'm').exec(readProjectFile(file))?.[1];
  if (body === undefined) throw new Error(`${file} has no type ${name}`);
  return [...body.matchAll(/'(\w+)'/g)].map(([, member]) => member!);
}

/** `GET /v1/audit secret` of every endpoint. Those of all collections stand once, as `{collection}`; pause and resume share one text. */
export function declaredEndpoints(): string[] {
  const ENDPOINT = /method: '(\w+)',\s+path: ['`]([^'`]+)['`],[\s\S]*?auth: '(\w+)'/g;
  const declared = projectFiles()
    .filter((file) => /^worker\/routes\/.*\.ts$/.test(file) && !NOT_SHIPPED.test(file))
    .flatMap((file) => [...readProjectFile(file).matchAll(ENDPOINT)])
    .flatMap(([, method = '', path = '', auth = '']) =>
      pathsOf(path).map((each) => `${method.toUpperCase()} ${each} ${auth}`),
    );
  return [...new Set(declared)];
}

/** The paths that a path in the code stands for. */
function pathsOf(path: string): string[] {
  const general = path.replace(/\$\{(KINDS\[kind\]\.)?collection\}/, '{collection}');
  const placeholder = '$' + '{action}';
  return general.includes(placeholder)
    ? ['pause', 'resume'].map((action) => general.replace(placeholder, action))
    : [general];
}

export interface Field {
  /** `objective.goal` for a field of a field. */
  readonly name: string;
  /** Default as text; undefined when there is none, or none that is a plain value. */
  readonly fallback: string | undefined;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly default?: unknown;
}

/** Fields of a kind of document, or of the items of one of its lists (`arms` → `id` … `prior.alpha`; `parameters.values`), from its JSON Schema. */
export function fieldsOf(kind: string, list?: string): Field[] {
  const schema = JSON.parse(readProjectFile(`examples/schemas/${kind}.json`)) as JsonSchema;
  const items = (list?.split('.') ?? []).reduce<JsonSchema | undefined>(
    (at, name) => at?.properties?.[name]?.items,
    schema,
  );
  const { kind: documentKind, ...others } = items?.properties ?? {};
  const properties = list === undefined || !documentKind ? others : { ...others, kind: documentKind };
  return Object.entries(properties).flatMap(([name, { properties: inner, default: fallback }]) => {
    if (inner) return Object.entries(inner).map(([field, own]) => fieldOf(`${name}.${field}`, own.default));
    return [fieldOf(name, fallback)];
  });
}

function fieldOf(name: string, fallback: unknown): Field {
  const isPlain = ['string', 'number', 'boolean'].includes(typeof fallback);
  return { name, fallback: isPlain ? String(fallback) : undefined };
}
