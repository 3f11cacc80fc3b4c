/** For commands and tests: lets Node find the double of `cloudflare:workers`. Import this first, then the rest with `import()`. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'cloudflare:workers'
      ? { url: new URL('./workers-double.ts', import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
});
