/**
 * Plain JavaScript without dependencies: what every command runs first, on whatever Node the machine has (20 or newer). Installs
 * what the lockfile names when it is missing, and hands over to the Node that came with it (24), which runs TypeScript as it is.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clip } from './terminal.mjs';

/** The project's folder, with a trailing separator. */
export const root = fileURLToPath(new URL('../', import.meta.url));

/** The Node of the `node` package. Its own path and not the link in `.bin`: that is a shell script on Windows. */
const projectNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const NOTHING_YET = 'nothing is installed yet';

/** npm gives the reason first and its whole usage after it: this many lines hold the reason. */
const REASON_LINES = 20;

/** The lockfile, and the one that npm leaves beside what it has installed (absent when it was interrupted). */
function lockfiles() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  const isThere = existsSync(installed) && existsSync(projectNode);
  return {
    wanted: readFileSync(join(root, 'package-lock.json'), 'utf8'),
    installed: isThere ? readFileSync(installed, 'utf8') : undefined,
  };
}

/**
 * Why the packages have to be installed; undefined when node_modules holds what the lockfile names. Compares versions, not file
 * times: a clone or a checkout changes the times of both.
 */
export function whatIsMissing(texts = lockfiles()) {
  if (texts.installed === undefined) return NOTHING_YET;
  const wanted = JSON.parse(texts.wanted).packages;
  const installed = JSON.parse(texts.installed).packages;
  for (const [path, { version, optional, devOptional }] of Object.entries(wanted)) {
    if (path === '') continue;
    const has = installed[path];
    // Packages for other operating systems are in the lockfile and not on the disk.
    if (!has && (optional || devOptional)) continue;
    if (!has) return `${path.replace(/^.*node_modules\//, '')} is missing`;
    if (has.version !== version) return `${path.replace(/^.*node_modules\//, '')} is ${has.version}, not ${version}`;
  }
  return undefined;
}

/** The line that is shown while packages are installed; without seconds when it is written once. */
export function installLine(reason, seconds) {
  const why = reason === NOTHING_YET ? ', about half a minute' : `: ${reason}`;
  return `  Installing packages${why}${seconds === undefined ? '' : `  ${seconds} s`}`;
}

/** Runs `npm ci` when something is missing; one quiet line while it lasts, npm's own words when it fails. */
export async function installMissing() {
  const reason = whatIsMissing();
  if (!reason) return;
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const live = process.stderr.isTTY === true;
  const draw = () => process.stderr.write(`\r\u001b[K${clip(installLine(reason, seconds()), process.stderr.columns)}`);
  if (live) draw();
  else process.stderr.write(`${installLine(reason)}\n`);
  const ticker = live ? setInterval(draw, 1000) : undefined;
  const { code, output } = await runNpm(['ci', '--no-audit', '--no-fund']);
  clearInterval(ticker);
  if (live) process.stderr.write('\r\u001b[K');
  if (code === 0) {
    process.stderr.write(`  Installed packages in ${seconds()} s\n`);
    return;
  }
  const errors = output.split('\n').filter((text) => text.startsWith('npm error'));
  const told = (errors.length > 0 ? errors : output.split('\n')).slice(0, REASON_LINES).join('\n');
  process.stderr.write(`${told}\n\n  npm ci failed (exit code ${code}).\n`);
  process.exit(1);
}

/** npm by the path npm itself names, so that it also works where `npm` is a shell script. */
function runNpm(args) {
  const cli = process.env.npm_execpath;
  const viaNode = cli !== undefined && /\.c?js$/.test(cli);
  const child = spawn(viaNode ? process.execPath : 'npm', viaNode ? [cli, ...args] : args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: !viaNode && process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, output: String(error) }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * Runs one file under the project's Node with the terminal of this process, and passes signals on, so that the child can end what
 * it has started. Resolves with the exit code.
 */
export function runWithProjectNode(file, args, { quiet = false } = {}) {
  const child = spawn(projectNode, [join(root, file), ...args], {
    cwd: root,
    stdio: quiet ? ['ignore', 'ignore', 'inherit'] : 'inherit',
  });
  const passOn = (signal) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  // A terminal sends Ctrl-C to the child as well: here it must only not end this process before the child.
  for (const signal of signals) process.on(signal, signal === 'SIGINT' && process.stdin.isTTY ? () => {} : passOn);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const name of signals) process.removeAllListeners(name);
      resolve(code ?? 128 + (signal ? (constants.signals[signal] ?? 0) : 0));
    });
  });
}
