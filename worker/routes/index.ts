/** Every route of the API. */
import type { App } from '../app.ts';
import { registerHealth } from './health.ts';
import { registerOpenApi } from './openapi.ts';
import { registerPerformance } from './performance.ts';
import { registerPreview } from './preview.ts';

/** Registers them all. */
export function registerRoutes(app: App): void {
  registerPerformance(app);
  registerPreview(app);
  registerHealth(app);
  registerOpenApi(app);
}
