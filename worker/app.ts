/** The HTTP application: what surrounds every request, and what answers when no route does. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { ProblemName } from '../contract/problem.ts';
import type { RefusalReason } from '../decisioning/reasons.ts';
import type { Auth } from './http/authenticate.ts';
import { envelope } from './http/envelope.ts';
import { answerError } from './http/errors.ts';
import { answerUnknown } from './http/known-paths.ts';
import type { Timing } from './http/timing.ts';
import { registerRoutes } from './routes/index.ts';

/** What handlers find on their context. */
export interface AppEnv {
  Bindings: Env;
  Variables: {
    /** When the worker got the request, milliseconds since the epoch: the time of everything that happens in it. */
    receivedAtMs: number;
    timing: Timing;
    /** Set for every endpoint that asks for a key. */
    auth: Auth;
    /** Pattern of the matched path, `/v1/campaigns/{id}`: what logs name instead of the path. */
    route: string | undefined;
    /** The problem that is answered, for the log. */
    problem: ProblemName | undefined;
    /** Refusals of this request by reason, for the log. */
    refusals: Partial<Record<RefusalReason, number>> | undefined;
  };
}

export type App = OpenAPIHono<AppEnv>;

/** A router with everything around the routes and none of them. */
export function newRouter(): App {
  const app = new OpenAPIHono<AppEnv>();
  app.use(envelope);
  app.onError(answerError);
  app.notFound((c) => answerUnknown(app, c));
  return app;
}

/** The whole API. */
export function createApp(): App {
  const app = newRouter();
  registerRoutes(app);
  return app;
}
