/**
 * `npm run prove:kotlin`: generates the client for Kotlin from the running API's own document, compiles it, and runs it against that API. Says
 * so and passes where there is no `kotlinc` or no `java`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { choosePort } from '../../scripts/start/port.ts';
import { type Stack, startStack } from '../../scripts/start/stack.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const missing = ['kotlinc', 'java'].find((tool) => spawnSync(tool, ['-version'], { stdio: 'ignore' }).error);
if (missing) {
  console.log(`skipped: there is no ${missing} on this machine`);
  process.exit(0);
}

/** A site of the kind `app`, which has no origins, and a key for it. */
async function appKey({ url, keys }: Stack): Promise<string> {
  const headers = { authorization: `Bearer ${keys.secretKey}`, 'content-type': 'application/json' };
  const call = async (method: string, path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  await call('POST', '/v1/sites', { id: 'app', name: 'App', kind: 'app', origins: [] });
  await call('POST', '/v1/publish', { note: 'An app' });
  const made = (await call('POST', '/v1/sites/app/keys', { type: 'publishable', name: 'app' })) as { key: string };
  return made.key;
}

const folder = mkdtempSync(join(tmpdir(), 'hyperedge-kotlin-'));
let stack: Stack | undefined;
try {
  const port = await choosePort(undefined, 18_950);
  stack = await startStack({
    root,
    port,
    stateDir: join(folder, 'state'),
    demoFile: join(folder, 'demo.json'),
    vars: { DECIDE_DEADLINE_MS: '20000' },
  });
  execFileSync(process.execPath, [join(root, 'scripts/clients.ts'), `${stack.url}/openapi.json`, folder]);
  const kotlin = join(folder, 'kotlin');
  const sources = readdirSync(kotlin).map((file) => join(kotlin, file));
  const jar = join(folder, 'smoke.jar');
  const compile = ['-nowarn', ...sources, join(root, 'tests/apps/Smoke.kt'), '-include-runtime', '-d', jar];
  execFileSync('kotlinc', compile, { stdio: ['ignore', 'ignore', 'pipe'] });
  console.log('ok   the generated client compiles');
  execFileSync('java', ['-jar', jar, stack.url, await appKey(stack)], { stdio: ['ignore', 'inherit', 'inherit'] });
} finally {
  await stack?.runtime.stop();
  rmSync(folder, { recursive: true, force: true });
}
