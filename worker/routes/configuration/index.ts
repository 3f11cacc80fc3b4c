/** Everything about configuration over HTTP. All of it needs a secret key. */
import type { App } from '../../http/app.ts';
import { registerAudit } from './audit.ts';
import { registerCollections } from './collections.ts';
import { registerKeys } from './keys.ts';
import { registerPublishing } from './publishing.ts';
import { registerSettings } from './settings.ts';
import { registerSwitches } from './switches.ts';

/** Registers the endpoints. */
export function registerConfiguration(app: App): void {
  registerCollections(app);
  registerSettings(app);
  registerPublishing(app);
  registerSwitches(app);
  registerKeys(app);
  registerAudit(app);
}
