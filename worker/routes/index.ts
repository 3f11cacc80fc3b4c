/** Every route of the API. */
import type { App } from '../http/app.ts';
import { registerAlerts } from './alerts.ts';
import { registerAudience } from './audience.ts';
import { registerConfiguration } from './configuration/index.ts';
import { registerCustomers } from './customers.ts';
import { registerDeciding } from './deciding.ts';
import { describeDeciding } from './deciding-described.ts';
import { registerDecisions } from './decisions.ts';
import { registerExplain } from './explain.ts';
import { registerLearning } from './learning.ts';
import { registerLedgers } from './ledgers.ts';
import { registerLifecycle } from './lifecycle.ts';
import { registerModels } from './models.ts';
import { registerModelPerformance } from './models-performance.ts';
import { registerModelScore } from './models-score.ts';
import { registerOpenApi } from './openapi.ts';
import { registerParameters } from './parameters.ts';
import { registerPerformance } from './performance.ts';
import { registerPreview } from './preview.ts';
import { registerStrategies } from './strategies.ts';
import { registerTrainingJobs } from './training-jobs.ts';

/** Registers them all. */
export function registerRoutes(app: App): void {
  registerDeciding(app);
  describeDeciding(app);
  registerDecisions(app);
  registerExplain(app);
  registerCustomers(app);
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
  registerOpenApi(app);
}
