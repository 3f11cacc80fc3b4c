/** The HTTP application with every route. */
import { App } from './http/app.ts';
import { registerRoutes } from './routes/index.ts';

/** The whole API. */
export function createApp(): App {
  const app = new App();
  registerRoutes(app);
  return app;
}
