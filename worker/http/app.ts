/** An application: paths with what answers them, and what surrounds every request. */
import { Call } from './call.ts';
import { finish, preflight } from './envelope.ts';
import { answerError } from './errors.ts';
import { Paths } from './paths.ts';
import { problem } from './problem.ts';

export type Handler = (c: Call) => Response | Promise<Response>;

export class App {
  readonly #paths = new Paths<Handler>();
  readonly #otherwise: Handler | undefined;

  /** @param otherwise answers for paths and methods that no handler takes; unless told, with 404 or 405 */
  constructor(otherwise?: Handler) {
    this.#otherwise = otherwise;
  }

  /** Has a handler answer a method, `POST`, of a path, `/v1/campaigns/{id}`. Who answers GET answers HEAD, too. */
  on(method: string, path: string, handler: Handler): void {
    this.#paths.add(method, path, handler);
  }

  /** Whether a path is one of these, whatever the method: then this also has the answer to a wrong one. */
  takes(path: string): boolean {
    return this.#paths.has(path);
  }

  /** The answer to a request. Bound: it is handed on as a function. @param path of its address, where it is known already */
  readonly fetch = async (request: Request, env: Env, ctx: ExecutionContext, path?: string): Promise<Response> => {
    const c = new Call(request, env, ctx, path);
    let response: Response;
    try {
      response = await this.#answer(c);
    } catch (error) {
      response = answerError(error, c);
    }
    finish(c, response);
    return c.method === 'HEAD' ? new Response(null, response) : response;
  };

  #answer(c: Call): Response | Promise<Response> {
    const { method } = c;
    if (method === 'OPTIONS') return preflight();
    const found = this.#paths.find(method === 'HEAD' ? 'GET' : method, c.path);
    if (!found) return this.#otherwise ? this.#otherwise(c) : this.#unknown(c);
    c.params = found.params;
    return found.value(c);
  }

  /** Tells an unknown path (404) from a known one that was asked with the wrong method (405). */
  #unknown(c: Call): Response {
    const methods = this.#paths.methodsOf(c.path).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    if (methods.length === 0)
      return problem(c, 'not_found', { detail: 'No endpoint has this path; /openapi.json lists them' });
    const allow = [...methods, 'OPTIONS'].join(', ');
    return problem(c, 'method_not_allowed', { detail: `Allowed: ${allow}`, headers: { allow } });
  }
}
