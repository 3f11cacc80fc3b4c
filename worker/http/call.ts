/** One request on its way through the worker: what every check and every handler gets. */
import type { ProblemName } from '../../contract/problem.ts';
import type { RefusalReason } from '../../decisioning/reasons.ts';
import { answerJson, answerWith } from './answers.ts';
import type { Auth } from './auth.ts';
import type { Deadline } from './deadline.ts';
import { pathOf, unescaped } from './paths.ts';
import { Timing } from './timing.ts';

/** Names and values of an address's query, each name's first; a name without a value has an empty one. */
function queryOf(url: string): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  const start = url.indexOf('?');
  if (start < 0) return values;
  for (const pair of url
    .slice(start + 1)
    .split('#')[0]!
    .split('&')) {
    const [name, ...value] = pair.split('=').map((part) => part.replaceAll('+', ' '));
    if (name) values[unescaped(name)] ??= unescaped(value.join('='));
  }
  return values;
}

export class Call {
  readonly request: Request;
  readonly env: Env;
  readonly ctx: ExecutionContext;
  /** Path of its address as it is written there. */
  readonly path: string;
  /** When the worker got the request, milliseconds since the epoch: the time of everything that happens in it. */
  readonly receivedAtMs = Date.now();
  readonly timing = new Timing();
  /** Parameters of the path, unchecked. */
  params: Readonly<Record<string, string>> = {};
  /** What the request waits for, all together; set for every endpoint. */
  declare deadline: Deadline;
  /** Set for every endpoint that asks for a key, once that was checked. */
  declare auth: Auth;
  /** Pattern of the matched path, `/v1/campaigns/{id}`: what logs name instead of the path. */
  route: string | undefined = undefined;
  /** Whether visitors call this endpoint: ordinary answers are many then. */
  isFrequent = false;
  /** The problem that is answered, for the log. */
  problem: ProblemName | undefined = undefined;
  /** Refusals of this request by reason, for the log. */
  refusals: Partial<Record<RefusalReason, number>> | undefined = undefined;

  constructor(request: Request, env: Env, ctx: ExecutionContext) {
    this.request = request;
    this.env = env;
    this.ctx = ctx;
    this.path = pathOf(request.url);
  }

  /** A header of the request; undefined when it has none of this name. */
  header(name: string): string | undefined {
    return this.request.headers.get(name) ?? undefined;
  }

  /** What the address asks for besides its path: each name's first value. */
  query(): Readonly<Record<string, string>> {
    return queryOf(this.request.url);
  }

  /** An answer of JSON. */
  json(value: unknown, status?: number, headers?: Readonly<Record<string, string>>): Response {
    return answerJson(value, status, headers);
  }

  /** An answer of anything else, or of nothing. */
  body(body: BodyInit | null, status: number, headers?: Readonly<Record<string, string>>): Response {
    return answerWith(body, status, headers);
  }
}
