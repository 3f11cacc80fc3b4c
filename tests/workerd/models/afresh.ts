/** An isolate that knows nothing, in a colo that was asked nothing: what it decides with is what the publisher says now. */
import { env } from 'cloudflare:workers';
import { objectName } from '../../../durable-objects/shared/naming.ts';
import { forgetModels } from '../../../worker/edge/models.ts';
import { forgetAll } from '../chaos/parts.ts';

/** Forgets everything, the answers of the last second included. */
export async function forgetEverything(workspaceId: string): Promise<void> {
  forgetAll();
  forgetModels();
  const name = await objectName((env as unknown as Env).NAMING_SECRET, workspaceId, 'publisher');
  await caches.default.delete(new Request(`https://publisher.invalid/${name}/0`));
}
