/**
 * Entry of the worker in front of a site: `wrangler deploy --config wrangler.pages.toml`. It decides with the same code, objects and database as the
 * API's worker, and serves nothing else.
 */
import { App } from '../http/app.ts';
import { registerOptimize } from '../routes/optimize.ts';
import { servePage } from './serve.ts';

// Pages ask for decisions, and for nothing else.
const app = new App();
registerOptimize(app);

export default {
  fetch(request, env, ctx) {
    // A fault of ours must not take the site down: Cloudflare then asks its server as if this worker were not there.
    ctx.passThroughOnException();
    return servePage(app, request, env, ctx);
  },
} satisfies ExportedHandler<Env>;
