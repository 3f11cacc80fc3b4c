/**
 * `npm run prove:next`: installs the packed client into the example of Next.js, builds it, runs it beside the demo shop, and looks at it in a
 * browser: the decision is in the HTML, the hydrated page asks nothing, and what is seen is reported. Needs the npm registry. With a file's name
 * (`-- docs/guides/page/react.png`) it takes the guide's picture.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { buildPackage } from '../../scripts/package/build.ts';
import { choosePort } from '../../scripts/start/port.ts';
import { type Stack, startStack } from '../../scripts/start/stack.ts';
import { launchBrowser, until } from '../browser/browser.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const OWN_BANNER = 'Free returns within thirty days';
const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

const folder = mkdtempSync(join(tmpdir(), 'hyperedge-next-'));
const app = join(folder, 'app');

/** Says what was found; throws when it is not so. */
function check(what: string, isSo: unknown, detail: unknown = ''): void {
  console.log(`${isSo ? 'ok  ' : 'FAIL'} ${what} ${detail}`);
  if (!isSo) throw new Error(what);
}

const inFolder = (cwd: string, command: string, args: readonly string[]): void => {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
  execFileSync(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
};

async function buildApp(): Promise<void> {
  cpSync(join(root, 'examples/next'), app, { recursive: true });
  const packed = join(folder, 'package');
  await buildPackage(packed);
  inFolder(packed, npm, ['pack', '--pack-destination', app, ...QUIET]);
  const tarball = readdirSync(app).find((name) => name.endsWith('.tgz')) as string;
  renameSync(join(app, tarball), join(app, 'hyperedge-client.tgz'));
  inFolder(app, npm, ['install', '--no-package-lock', ...QUIET]);
  inFolder(app, process.execPath, [join(app, 'node_modules/next/dist/bin/next'), 'build']);
}

/** The app's origin becomes one of the site's: its pages may use the publishable key. */
async function allowOrigin(stack: Stack, origin: string): Promise<void> {
  const headers = { authorization: `Bearer ${stack.keys.secretKey}`, 'content-type': 'application/json' };
  const url = `${stack.url}/v1/sites/${stack.keys.site}`;
  const answer = await fetch(url, { headers });
  const site = (await answer.json()) as { origins: string[] };
  const body = JSON.stringify({ ...site, origins: [origin, ...site.origins] });
  await fetch(url, { method: 'PUT', headers: { ...headers, 'if-match': answer.headers.get('etag') ?? '' }, body });
  const published = await fetch(`${stack.url}/v1/publish`, {
    method: 'POST',
    headers,
    body: '{"note":"another origin"}',
  });
  check('the origin of the app is one of the site', published.ok, published.status);
}

async function startApp(stack: Stack, port: number): Promise<ChildProcess> {
  const env = {
    ...process.env,
    HYPEREDGE_URL: stack.url,
    HYPEREDGE_SECRET_KEY: stack.keys.secretKey,
    HYPEREDGE_PUBLISHABLE_KEY: stack.keys.publishableKey,
  };
  const next = [join(app, 'node_modules/next/dist/bin/next'), 'start', '-p', `${port}`];
  const server = spawn(process.execPath, next, { cwd: app, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const answers = () =>
    fetch(`http://localhost:${port}/`).then(
      () => true,
      () => false,
    );
  check('the app runs', await until(answers));
  return server;
}

/** Decisions that the page says were seen, and whether the server knows. */
async function countExposed(page: Page, { url, keys }: Stack): Promise<number> {
  const ids = await page.evaluate(() => (window as never as { seen: string[] }).seen);
  const headers = { authorization: `Bearer ${keys.secretKey}` };
  const records = ids.map(async (id) => (await fetch(`${url}/v1/decisions/${id}`, { headers })).json());
  return (await Promise.all(records)).filter((record) => (record as { exposedAt?: string }).exposedAt).length;
}

async function look(page: Page, url: string, stack: Stack): Promise<void> {
  const asked: string[] = [];
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('request', (request) => request.url().includes('/v1/optimize') && asked.push(request.url()));
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    addEventListener('hyperedge:exposure', (event) => seen.push((event as CustomEvent).detail.decisionId));
  });
  const html = await (await page.goto(url))?.text();
  const shown = (await page.locator('#banner').textContent()) as string;
  check('the decision stands in the HTML', shown !== OWN_BANNER && html?.includes(shown), `"${shown}"`);
  check('no key but the publishable one', !/sk_/.test(html ?? ''));
  const exposed = await until(async () => ((await countExposed(page, stack)) >= 2 ? 2 : 0));
  check('what was seen is on the server', exposed === 2, `${exposed} exposures`);
  check('the hydrated page asks nothing', asked.length === 0, asked);
  check('it shows what the server rendered', (await page.locator('#banner').textContent()) === shown);
  check('no error', errors.length === 0, errors);
}

let stack: Stack | undefined;
let server: ChildProcess | undefined;
const browser = await launchBrowser();
try {
  await buildApp();
  console.log('ok   the example installs, type-checks and builds');
  const [port, appPort] = [await choosePort(undefined, 18_850), await choosePort(undefined, 18_900)];
  stack = await startStack({ root, port, stateDir: join(folder, 'state'), demoFile: join(folder, 'demo.json') });
  const url = `http://localhost:${appPort}`;
  await allowOrigin(stack, url);
  server = await startApp(stack, appPort);
  const context = await browser.newContext();
  await context.addCookies([{ name: 'consent', value: 'granted', url }]);
  // The first request of a runtime finds everything cold.
  for (let i = 0; i < 3; i++) await (await fetch(url)).text();
  const page = await context.newPage();
  await look(page, url, stack);
  const picture = process.argv[2];
  if (picture) await page.screenshot({ path: picture, clip: { x: 0, y: 0, width: 1_280, height: 430 } });
  const before = await (await fetch(url)).text();
  check('before consent the page has no token and no id', !/ht1\.|a1\./.test(before) && !before.includes(OWN_BANNER));
  await stack.runtime.stop();
  stack = undefined;
  const startedMs = performance.now();
  const alone = await (await fetch(url)).text();
  const ms = Math.round(performance.now() - startedMs);
  check('without an API the page comes with its own content', alone.includes(OWN_BANNER), `after ${ms} ms`);
} finally {
  server?.kill();
  await browser.close();
  await stack?.runtime.stop();
  rmSync(folder, { recursive: true, force: true });
}
