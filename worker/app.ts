/** The HTTP application with every route. */
import { App } from './http/app.ts';
import { useContract } from './http/contract.ts';
import { contractHere } from './http/contract-here.ts';
import { registerRoutes } from './routes/index.ts';

/** The whole API. */
export function createApp(): App {
  const app = new App();
  useContract(app, contractHere);
  registerRoutes(app);
  return app;
}
