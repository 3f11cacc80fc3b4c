/** Every route of the API. */
import type { App } from '../app.ts';

/** Registers them all. */
export function registerRoutes(_app: App): void {}
