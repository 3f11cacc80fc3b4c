/** Every route of the API. */
import type { App } from '../http/app-env.ts';
import { registerAlerts } from './alerts.ts';
import { registerAudience } from './audience.ts';
import { registerConfiguration } from './configuration/index.ts';
import { registerConsent } from './consent.ts';
import { registerCustomers } from './customers.ts';
import { registerDecisions } from './decisions.ts';
import { registerDevice } from './device.ts';
import { registerDeviceModels } from './device-models.ts';
import { registerEvents } from './events.ts';
import { registerExplain } from './explain.ts';
import { registerFeedback } from './feedback.ts';
import { registerHealth } from './health.ts';
import { registerLearning } from './learning.ts';
import { registerLedgers } from './ledgers.ts';
import { registerLifecycle } from './lifecycle.ts';
import { registerModels } from './models.ts';
import { registerModelPerformance } from './models-performance.ts';
import { registerModelScore } from './models-score.ts';
import { registerOpenApi } from './openapi.ts';
import { registerOptimize } from './optimize.ts';
import { registerParameters } from './parameters.ts';
import { registerPerformance } from './performance.ts';
import { registerPreview } from './preview.ts';
import { registerStrategies } from './strategies.ts';
import { registerTrainingJobs } from './training-jobs.ts';

/** Registers them all. */
export function registerRoutes(app: App): void {
  registerOptimize(app);
  registerFeedback(app);
  registerDevice(app);
  registerDeviceModels(app);
  registerEvents(app);
  registerDecisions(app);
  registerExplain(app);
  registerCustomers(app);
  registerConsent(app);
  registerConfiguration(app);
  registerPerformance(app);
  registerParameters(app);
  registerPreview(app);
  registerAudience(app);
  registerLifecycle(app);
  registerLearning(app);
  registerStrategies(app);
  registerLedgers(app);
  registerModels(app);
  registerModelScore(app);
  registerModelPerformance(app);
  registerTrainingJobs(app);
  registerAlerts(app);
  registerHealth(app);
  registerOpenApi(app);
}
