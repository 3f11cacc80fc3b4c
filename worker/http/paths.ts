/** Which handler a method and a path mean. */

/** What a path of an endpoint, `/v1/campaigns/{id}`, is made of: a part is taken as it is, or is a parameter's. */
interface Pattern<T> {
  readonly parts: readonly { readonly text: string; readonly name: string | undefined }[];
  readonly byMethod: Map<string, T>;
}

/** What was found, and the path's parameters by their names. */
export interface Found<T> {
  readonly value: T;
  readonly params: Readonly<Record<string, string>>;
}

const NO_PARAMS = Object.freeze({});

/** A text of an address without its escapes; those that mean no character stay as they are. */
export function unescaped(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/(?:%[0-9A-F]{2})+/gi, (run) => {
      try {
        return decodeURIComponent(run);
      } catch {
        return run;
      }
    });
  }
}

/** Parts that lead up, or nowhere, in any of their spellings. */
const LEADS_ELSEWHERE = /\/\.|%2e|\\/i;

/**
 * The path of an absolute address as it is written there, but for parts that lead elsewhere: `/v1/x/../optimize` is `/v1/optimize`. Who passes a request on
 * leaves some of them out, and the worker behind would read another path than the one in front.
 */
export function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf(':') + 3);
  if (start < 0) return '/';
  let end = start;
  // `?` and `#`.
  for (; end < url.length; end += 1) if (url.charCodeAt(end) === 0x3f || url.charCodeAt(end) === 0x23) break;
  const path = url.slice(start, end);
  return LEADS_ELSEWHERE.test(path) ? (URL.parse(url)?.pathname ?? path) : path;
}

/** Paths, each with what it means for the methods that it takes. */
export class Paths<T> {
  /** Those without a parameter, by what most requests have: no escape in it. */
  readonly #plain = new Map<string, Pattern<T>>();
  readonly #patterns = new Map<string, Pattern<T>>();

  /** Parameters are whole parts of a path: `/v1/campaigns/{id}`. */
  add(method: string, path: string, value: T): void {
    const parts = path.split('/').map((text) => ({ text, name: /^\{(\w+)\}$/.exec(text)?.[1] }));
    const pattern = this.#patterns.get(path) ?? { parts, byMethod: new Map<string, T>() };
    pattern.byMethod.set(method, value);
    this.#patterns.set(path, pattern);
    if (parts.every(({ name }) => name === undefined)) this.#plain.set(path, pattern);
  }

  /** @param path as {@link pathOf} gives it */
  find(method: string, path: string): Found<T> | undefined {
    const plain = this.#plain.get(path)?.byMethod.get(method);
    if (plain !== undefined) return { value: plain, params: NO_PARAMS };
    for (const { pattern, parts } of this.#matching(path)) {
      const value = pattern.byMethod.get(method);
      if (value !== undefined) return { value, params: paramsOf(pattern, parts) };
    }
    return undefined;
  }

  /** The methods that a path takes; none where it is unknown. */
  methodsOf(path: string): string[] {
    return [...new Set([...this.#matching(path)].flatMap(({ pattern }) => [...pattern.byMethod.keys()]))];
  }

  /** Whether a path is known, whatever the method. */
  has(path: string): boolean {
    return this.#plain.has(path) || !this.#matching(path).next().done;
  }

  *#matching(path: string): Generator<{ readonly pattern: Pattern<T>; readonly parts: readonly string[] }> {
    const parts = path.split('/').map(unescaped);
    for (const pattern of this.#patterns.values()) if (fits(pattern, parts)) yield { pattern, parts };
  }
}

/** A parameter has at least one character. */
function fits({ parts }: Pattern<unknown>, given: readonly string[]): boolean {
  if (given.length !== parts.length) return false;
  return parts.every(({ text, name }, i) => (name === undefined ? given[i] === text : given[i] !== ''));
}

function paramsOf({ parts }: Pattern<unknown>, given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    parts.flatMap(({ name }, i) => (name === undefined ? [] : ([[name, given[i]!]] as [string, string][]))),
  );
}
