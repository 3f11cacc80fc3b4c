/** Small checks of JSON that came from outside, composed into the shape of a slice. Extra fields are let through. */

/** Undefined when the value fits, else where it does not (`/campaigns/0/armIds`). */
export type Shape = (value: unknown, at: string) => string | undefined;

function test(holds: (value: unknown) => boolean): Shape {
  return (value, at) => (holds(value) ? undefined : at || '/');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const text: Shape = test((value) => typeof value === 'string');
export const finite: Shape = test((value) => Number.isFinite(value));
export const notNegative: Shape = test((value) => Number.isFinite(value) && (value as number) >= 0);
export const flag: Shape = test((value) => typeof value === 'boolean');
export const anObject: Shape = test(isObject);

/** A number in [from, to]. */
export function between(from: number, to: number): Shape {
  return test((value) => typeof value === 'number' && value >= from && value <= to);
}

/** An integer of at least `from`. */
export function wholeFrom(from: number): Shape {
  return test((value) => Number.isSafeInteger(value) && (value as number) >= from);
}

/** One of these values. */
export function oneOf(...values: readonly unknown[]): Shape {
  return test((value) => values.includes(value));
}

/** Null, or what the shape says. */
export function nullable(shape: Shape): Shape {
  return (value, at) => (value === null ? undefined : shape(value, at));
}

/** Nothing at all, or what the shape says. */
export function optional(shape: Shape): Shape {
  return (value, at) => (value === undefined ? undefined : shape(value, at));
}

/** A list of such values. */
export function listOf(shape: Shape): Shape {
  return (value, at) => {
    if (!Array.isArray(value)) return at || '/';
    for (const [i, item] of value.entries()) {
      const wrong = shape(item, `${at}/${i}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** An object whose values are all such. */
export function recordOf(shape: Shape): Shape {
  return (value, at) => {
    if (!isObject(value)) return at || '/';
    for (const [key, item] of Object.entries(value)) {
      const wrong = shape(item, `${at}/${key}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** An object with these fields of its own. */
export function fields(shapes: Readonly<Record<string, Shape>>): Shape {
  const entries = Object.entries(shapes);
  return (value, at) => {
    if (!isObject(value)) return at || '/';
    for (const [key, shape] of entries) {
      const wrong = shape(Object.hasOwn(value, key) ? value[key] : undefined, `${at}/${key}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** Both must hold; the second is asked only about what fits the first. */
export function also(first: Shape, second: Shape): Shape {
  return (value, at) => first(value, at) ?? second(value, at);
}

/** What an object that fits must also fulfil: names the field that is wrong, or undefined. */
export function where(check: (value: never) => string | undefined): Shape {
  return (value, at) => {
    const field = check(value as never);
    return field === undefined ? undefined : `${at}/${field}`;
  };
}
