/** The routes of pages, apps and servers that ask for decisions and tell what became of them: all that the worker in front answers itself. */
import type { App } from '../http/app.ts';
import { registerConsent } from './consent.ts';
import { registerDevice } from './device.ts';
import { registerDeviceModels } from './device-models.ts';
import { registerEvents } from './events.ts';
import { registerFeedback } from './feedback.ts';
import { registerHealth } from './health.ts';
import { registerOptimize } from './optimize.ts';

/** Registers these. What they import is loaded wherever decisions are made: `npm run budget:workers` holds its bytes. */
export function registerDeciding(app: App): void {
  registerOptimize(app);
  registerFeedback(app);
  registerDevice(app);
  registerDeviceModels(app);
  registerEvents(app);
  registerConsent(app);
  registerHealth(app);
}
