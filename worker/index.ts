/**
 * Entry of the worker in front: it answers those who ask for decisions and tell what became of them, and passes everything else to the worker of
 * `control.ts`, so that all has one address. What decides is small and starts quickly (docs/adr/0031-three-workers.md).
 */
import { tryDecodeURIComponent } from 'hono/utils/url';
import { forgetAllStandings } from './edge/standings.ts';
import { App } from './http/app.ts';
import { useContract } from './http/contract.ts';
import { type ContractBinding, contractBehind } from './http/contract-behind.ts';
import { passOn } from './http/pass-on.ts';
import { pathOf } from './http/paths.ts';
import { problem } from './http/problem.ts';
import { registerDeciding } from './routes/deciding.ts';

const app = new App();
registerDeciding(app);
useContract(app, contractBehind);

/** Answers in the place of the worker behind, whatever the path. */
const standIn = new App((c) => problem(c, 'unavailable'));

/** Methods that change nothing, and of which one asks for leave without a key. */
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Its bindings: those of every worker of the project, the worker behind it, and the contract that is there. */
type FrontEnv = Env & { readonly CONTROL: Fetcher; readonly CONTRACT: ContractBinding };

export default {
  fetch(request, env, ctx) {
    const path = pathOf(request.url);
    // Written with escapes it is the same path, and is not decided for behind.
    return app.takes(path) ? app.fetch(request, env, ctx, path) : fromBehind(request, env, ctx, path);
  },
} satisfies ExportedHandler<FrontEnv>;

async function fromBehind(request: Request, env: FrontEnv, ctx: ExecutionContext, path: string): Promise<Response> {
  const answer = (await passOn(env.CONTROL, request)) ?? (await standIn.fetch(request, env, ctx));
  // Profiles and erasures go by here: what was told of consent before them is not gone by any more. A refused one changed nothing, and needs no key.
  const isRefused = answer.status >= 400 && answer.status < 500;
  if (!READS.has(request.method) && tryDecodeURIComponent(path).startsWith('/v1/customers/') && !isRefused)
    forgetAllStandings();
  return answer;
}
