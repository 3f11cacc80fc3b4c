/** Tells an unknown path (404) from a known one that was asked with the wrong method (405). */
import type { Context } from 'hono';
import type { App, AppEnv } from './app-env.ts';
import { problem } from './problem.ts';

interface KnownPath {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

const knownPaths = new WeakMap<App, Map<string, KnownPath>>();

/** Notes that a path (`/v1/campaigns/{id}`) takes a method. */
export function rememberPath(app: App, method: string, path: string): void {
  const paths = knownPaths.get(app) ?? new Map<string, KnownPath>();
  knownPaths.set(app, paths);
  const known = paths.get(path) ?? {
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    methods: new Set(),
  };
  paths.set(path, known);
  known.methods.add(method.toUpperCase());
  if (method === 'get') known.methods.add('HEAD');
}

/** Whether a path is one of this router's, whatever the method: then it also has the answer to a wrong one. */
export function takesPath(app: App, path: string): boolean {
  const known = knownPaths.get(app);
  if (known === undefined) return false;
  // The paths of decisions have no parameter: nothing is tried for them.
  if (known.has(path)) return true;
  for (const { pattern } of known.values()) if (pattern.test(path)) return true;
  return false;
}

/** The answer when no route matched. */
export function answerUnknown(app: App, c: Context<AppEnv>): Response {
  const methods = new Set<string>();
  for (const known of knownPaths.get(app)?.values() ?? []) {
    if (known.pattern.test(c.req.path)) for (const method of known.methods) methods.add(method);
  }
  if (methods.size === 0)
    return problem(c, 'not_found', { detail: 'No endpoint has this path; /openapi.json lists them' });
  const allow = [...methods, 'OPTIONS'].join(', ');
  return problem(c, 'method_not_allowed', { detail: `Allowed: ${allow}`, headers: { allow } });
}
