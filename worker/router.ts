/** A router with what surrounds every request and what answers when no route does, and none of the routes. */
import { Hono } from 'hono';
import type { App, AppEnv } from './http/app-env.ts';
import { envelope } from './http/envelope.ts';
import { answerError } from './http/errors.ts';
import { answerUnknown } from './http/known-paths.ts';

/** Routes are registered with what it returns. */
export function newRouter(): App {
  const app = new Hono<AppEnv>();
  app.use(envelope);
  app.onError(answerError);
  app.notFound((c) => answerUnknown(app, c));
  return app;
}
