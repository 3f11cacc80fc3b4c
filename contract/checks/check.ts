/**
 * Checks of requests without the library that the schemas are written in: they say yes or no, and nothing of why. What they are put together of is
 * written by `npm run checks` from the schemas, into `requests.ts`.
 */

/** Whether a value of JSON is as it should be. */
export type Test = (value: unknown) => boolean;

/** What a check says: `data` as the schema would return it, or that it is not sure of it. */
export type Taken<T> = { readonly success: true; readonly data: T } | { readonly success: false };

/** The check of a schema of `contract/requests.ts`. */
export interface Check<T> {
  /** Of the schema. */
  readonly request: string;
  /** Takes nothing that the schema refuses, and gives what it gives; what it does not take, the schema is asked about. */
  safeParse(value: unknown): Taken<T>;
}

type Holder = Readonly<Record<string, unknown>>;
type Tests = Readonly<Record<string, Test>>;

const NOT_SURE = { success: false } as const;

/** @param absent values of fields that are not there, made anew for each request */
export function check<T>(request: string, test: Test, absent?: () => object): Check<T> {
  return {
    request,
    safeParse: (value) =>
      test(value) ? { success: true, data: (absent ? { ...absent(), ...(value as object) } : value) as T } : NOT_SURE,
  };
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with all of the first and any of the second, and with no other. */
export function fields(required: Tests, optional: Tests = {}): Test {
  const tests = new Map(Object.entries({ ...required, ...optional }));
  const needed = Object.keys(required);
  return (value) => {
    if (!isHolder(value)) return false;
    for (const name in value) {
      const test = tests.get(name);
      if (test === undefined || !test(value[name])) return false;
    }
    for (const name of needed) if (value[name] === undefined) return false;
    return true;
  };
}

/** An object with any names. One that would be the object's prototype is left to the schema. */
export function record(name: Test, entry: Test): Test {
  return (value) => {
    if (!isHolder(value)) return false;
    for (const key in value) if (key === '__proto__' || !name(key) || !entry(value[key])) return false;
    return true;
  };
}

/** Objects that a field of theirs tells apart. */
export function byField(field: string, options: Tests): Test {
  const tests = new Map<unknown, Test>(Object.entries(options));
  return (value) => isHolder(value) && (tests.get(value[field])?.(value) ?? false);
}

/** @param most units of UTF-16, as the schemas count */
export function text(least = 0, most = Number.POSITIVE_INFINITY): Test {
  return (value) => typeof value === 'string' && value.length >= least && value.length <= most;
}

/** A text that a pattern finds. */
export function matching(pattern: RegExp): Test {
  return (value) => typeof value === 'string' && pattern.test(value);
}

/** JSON has no others, but a number of 400 digits is read as infinite. */
export function number(least = -Number.MAX_VALUE, most = Number.MAX_VALUE): Test {
  return (value) => typeof value === 'number' && value >= least && value <= most;
}

/** Yes or no. */
export const boolean: Test = (value) => typeof value === 'boolean';

/** Any of these values. */
export function oneOf(...values: readonly unknown[]): Test {
  return (value) => values.includes(value);
}

/** A list of so many. */
export function list(item: Test, least = 0, most = Number.POSITIVE_INFINITY): Test {
  return (value) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) return false;
    for (const one of value) if (!item(one)) return false;
    return true;
  };
}

/** Any of these forms. */
export function anyOf(...tests: readonly Test[]): Test {
  return (value) => {
    for (const test of tests) if (test(value)) return true;
    return false;
  };
}

/** The form, and what else is asked of a value that has it. */
export function all(form: Test, ...rules: readonly ((value: never) => boolean)[]): Test {
  return (value) => {
    if (!form(value)) return false;
    for (const rule of rules) if (!rule(value as never)) return false;
    return true;
  };
}
