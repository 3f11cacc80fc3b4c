/** Every error as a problem document (RFC 9457). */
import type { Problem, ProblemError } from '../../contract/problem.ts';
import { PROBLEMS, type ProblemName } from '../../contract/problems.ts';
import { answerWith } from './answers.ts';
import type { Call } from './call.ts';

/** An expected refusal, before it becomes an answer. */
export interface Refusal {
  readonly problem: ProblemName;
  readonly detail?: string;
  readonly errors?: readonly ProblemError[];
  /** Where there is a time after which it may be different. */
  readonly retryAfterSeconds?: number;
}

/** A value, or why there is none. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export interface ProblemOptions {
  /** What is wrong with this request, in words; never customer data, a key or a token. */
  readonly detail?: string;
  /** One entry per field. */
  readonly errors?: readonly ProblemError[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly retryAfterSeconds?: number;
}

/** How long a caller should wait before it asks again when a part is down: longer than an object takes to restart. */
export const RETRY_AFTER_SECONDS = 2;

/** The answer for a refused or failed request. */
export function problem(c: Call, name: ProblemName, options: ProblemOptions = {}): Response {
  c.problem = name;
  const { status, title } = PROBLEMS[name];
  const document: Problem = { type: `/problems/${name}`, title, status, instance: c.path };
  if (options.detail !== undefined) document.detail = options.detail;
  if (options.errors !== undefined && options.errors.length > 0) document.errors = [...options.errors];
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', ...options.headers };
  if (name === 'unavailable' || name === 'rate_limited')
    headers['retry-after'] = String(options.retryAfterSeconds ?? RETRY_AFTER_SECONDS);
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  return answerWith(JSON.stringify(document), status, headers);
}

/** The answer for a refusal that a check returned. */
export function refuse(c: Call, refusal: Refusal): Response {
  return problem(c, refusal.problem, refusal);
}

/** A refusal as the result of a check. */
export function refused(
  name: ProblemName,
  detail?: string,
  errors?: readonly ProblemError[],
): { ok: false; refusal: Refusal } {
  return {
    ok: false,
    refusal: {
      problem: name,
      ...(detail === undefined ? {} : { detail }),
      ...(errors === undefined ? {} : { errors }),
    },
  };
}
