/** The HTTP application with every route. */
import type { App } from './http/app-env.ts';
import { newRouter } from './router.ts';
import { registerRoutes } from './routes/index.ts';

/** The whole API. */
export function createApp(): App {
  const app = newRouter();
  registerRoutes(app);
  return app;
}
