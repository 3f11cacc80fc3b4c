/** The HTTP application: what surrounds every request, and what answers when no route does. */
import { Hono } from 'hono';
import type { App, AppEnv } from './http/app-env.ts';
import { envelope } from './http/envelope.ts';
import { answerError } from './http/errors.ts';
import { answerUnknown } from './http/known-paths.ts';
import { registerRoutes } from './routes/index.ts';

/** A router with everything around the routes and none of them. */
export function newRouter(): App {
  const app = new Hono<AppEnv>();
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
