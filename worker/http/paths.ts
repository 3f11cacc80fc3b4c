/** Which handler a method and a path mean: Hono's router over the parts of paths, and a map for those without parameters, which most requests ask for. */
import { TrieRouter } from 'hono/router/trie-router';
import { tryDecodeURIComponent } from 'hono/utils/url';

/** What was found, and the path's parameters by their names. */
export interface Found<T> {
  readonly value: T;
  readonly params: Readonly<Record<string, string>>;
}

const NO_PARAMS = Object.freeze({});

/** Parts that lead up, or nowhere, in any of their spellings. */
const LEADS_ELSEWHERE = /\/\.|%2e|\\/i;

/** What ends a host besides `/`. */
const ENDS_HOST = /[?#\\]/;

/**
 * The path of an absolute address as it is written there, but for parts that lead elsewhere: `/v1/x/../optimize` is `/v1/optimize`. Who passes a request on
 * leaves some of them out, and the worker behind would read another path than the one in front.
 */
export function pathOf(url: string): string {
  const host = url.indexOf(':') + 3;
  const start = url.indexOf('/', host);
  // A host is what a client writes, too: one that ends otherwise than by `/` is as short as a reader says.
  if (start < 0 || ENDS_HOST.test(url.slice(host, start))) return URL.parse(url)?.pathname ?? '/';
  let end = start;
  // `?` and `#`.
  for (; end < url.length; end += 1) if (url.charCodeAt(end) === 0x3f || url.charCodeAt(end) === 0x23) break;
  const path = url.slice(start, end);
  return LEADS_ELSEWHERE.test(path) ? (URL.parse(url)?.pathname ?? path) : path;
}

/** Stands for an escaped `/` while a path is taken apart: no text without escapes has half of a character. */
const SLASH = '\ud800';

/** The path without its escapes, so that it is the same however it is written; an escaped `/` parts nothing. */
function plainPath(path: string): string {
  if (!path.includes('%')) return path;
  const parts = path.split('/').map((part) => tryDecodeURIComponent(part).replaceAll('/', SLASH));
  return parts.join('/');
}

/** Paths, each with what it means for the methods that it takes. */
export class Paths<T> {
  readonly #router = new TrieRouter<T>();
  /** Those without a parameter, by what most requests have: no escape in it. */
  readonly #plain = new Map<string, Map<string, T>>();
  readonly #methods = new Set<string>();

  /** Parameters are whole parts of a path: `/v1/campaigns/{id}`. */
  add(method: string, path: string, value: T): void {
    this.#methods.add(method);
    this.#router.add(method, path.replaceAll(/\{(\w+)\}/g, ':$1'), value);
    if (path.includes('{')) return;
    const byMethod = this.#plain.get(path) ?? new Map<string, T>();
    this.#plain.set(path, byMethod.set(method, value));
  }

  /** @param path as {@link pathOf} gives it */
  find(method: string, path: string): Found<T> | undefined {
    const plain = this.#plain.get(path)?.get(method);
    return plain === undefined ? this.#match(method, plainPath(path)) : { value: plain, params: NO_PARAMS };
  }

  /** The methods that a path takes; none where it is unknown. */
  methodsOf(path: string): string[] {
    const plain = plainPath(path);
    return [...this.#methods].filter((method) => this.#match(method, plain) !== undefined);
  }

  /** Whether a path is known, whatever the method. */
  has(path: string): boolean {
    return this.#plain.has(path) || this.methodsOf(path).length > 0;
  }

  #match(method: string, path: string): Found<T> | undefined {
    const found = this.#router.match(method, path)[0][0];
    if (!found) return undefined;
    const params = Object.entries(found[1]).map(([name, value]) => [name, String(value).replaceAll(SLASH, '/')]);
    return { value: found[0], params: Object.fromEntries(params) };
  }
}
