/** One request on its way through the worker: what every check and every handler gets. */
import { getQueryParam } from 'hono/utils/url';
import type { ProblemName } from '../../contract/problem.ts';
import type { RefusalReason } from '../../decisioning/reasons.ts';
import { answerJson, answerTimed, answerWith } from './answers.ts';
import type { Auth } from './auth.ts';
import type { Deadline } from './deadline.ts';
import { pathOf } from './paths.ts';
import { Timing } from './timing.ts';

export class Call {
  readonly request: Request;
  readonly env: Env;
  readonly ctx: ExecutionContext;
  /** Of the request: asked of the platform once, which makes something of them each time. */
  readonly headers: Headers;
  readonly method: string;
  /** What the browser says that the asking page is of. */
  readonly origin: string | undefined;
  /** Path of its address as it is written there. */
  readonly path: string;
  /** When the worker got the request, of a decision all of it, milliseconds since the epoch: the time of everything that happens in it. */
  receivedAtMs = Date.now();
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
  /** The answer that was made with its `Server-Timing` last. */
  timed: Response | undefined = undefined;

  /** @param path of the request's address, where it is known already */
  constructor(request: Request, env: Env, ctx: ExecutionContext, path = pathOf(request.url)) {
    this.request = request;
    this.env = env;
    this.ctx = ctx;
    this.headers = request.headers;
    this.method = request.method;
    this.origin = this.header('origin');
    this.path = path;
  }

  /** A header of the request; undefined when it has none of this name. */
  header(name: string): string | undefined {
    return this.headers.get(name) ?? undefined;
  }

  /** What the platform knows of the request. */
  get cf(): Request['cf'] {
    return this.request.cf;
  }

  /** What the address asks for besides its path: each name's first value. */
  query(): Readonly<Record<string, string>> {
    return getQueryParam(this.request.url) as Record<string, string>;
  }

  /** An answer of JSON. */
  json(value: unknown, status?: number, headers?: Readonly<Record<string, string>>): Response {
    if (status !== undefined || headers !== undefined) return answerJson(value, status, headers);
    this.timed = answerTimed(value, this.timing.header());
    return this.timed;
  }

  /** An answer of anything else, or of nothing. */
  body(body: BodyInit | null, status: number, headers?: Readonly<Record<string, string>>): Response {
    return answerWith(body, status, headers);
  }
}
