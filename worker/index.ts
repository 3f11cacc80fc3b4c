/**
 * Entry of the worker in front: it answers those who ask for decisions and tell what became of them, and passes everything else to the worker of
 * `control.ts`, so that all has one address. What decides is small and starts quickly (docs/adr/0031-three-workers.md).
 */
import { forgetAllStandings } from './edge/standings.ts';
import { takesPath } from './http/known-paths.ts';
import { passOn } from './http/pass-on.ts';
import { newRouter } from './router.ts';
import { registerDeciding } from './routes/deciding.ts';

const app = newRouter();
registerDeciding(app);

/** Its bindings: those of every worker of the project, and the worker behind it. */
type FrontEnv = Env & { readonly CONTROL: Fetcher };

export default {
  fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (takesPath(app, pathname)) return app.fetch(request, env, ctx);
    const passed = passOn(env.CONTROL, request);
    // Profiles and erasures go by here: what was told of consent before them is not gone by any more.
    const changes = request.method !== 'GET' && pathname.startsWith('/v1/customers/');
    return changes ? passed.finally(forgetAllStandings) : passed;
  },
} satisfies ExportedHandler<FrontEnv>;
