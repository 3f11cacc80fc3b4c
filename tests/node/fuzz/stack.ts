/** The three workers as they are deployed, asked where the one in front listens, byte for byte as a stranger may write it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, type ClientRequest, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyMigrations } from '../../../scripts/start/migrations.ts';
import { choosePort } from '../../../scripts/start/port.ts';
import { type D1, startRuntime } from '../../../scripts/start/runtime.ts';
import { ensureSecrets } from '../../../scripts/start/secrets.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Ports that are tried from here on, away from those of other tests. */
const PORTS_FROM = 20_787;
/** A request that is not answered by then hangs: every deadline of the workers is shorter. */
const PATIENCE_MS = 60_000;

/** A request as it goes over the wire. */
export interface Sent {
  readonly method: string;
  /** Path and query as they are written. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface FuzzStack {
  readonly database: D1;
  /** Asks the worker in front; undefined where no HTTP can carry it. */
  send(sent: Sent): Promise<Got | undefined>;
  /** Lines that the three workers have written so far. */
  logLines(): readonly string[];
  stop(): Promise<void>;
}

/** Opens a request; undefined where Node knows that it is none. */
function opened(port: number, agent: Agent, { method, target, headers, body }: Sent): ClientRequest | undefined {
  // Node says it by itself for some methods only, and what is not announced would be read as the next request.
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const options = { host: '127.0.0.1', port, agent, method, path: target, timeout: PATIENCE_MS };
  try {
    return request({ ...options, headers: { ...headers, ...length } });
  } catch {
    return undefined;
  }
}

function sender(port: number, agent: Agent) {
  const send = (sent: Sent): Promise<Got | undefined> => {
    const asking = opened(port, agent, sent);
    if (!asking) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      asking.on('error', (error: NodeJS.ErrnoException) => {
        // A server may close what nobody uses while we take it up again: nothing of this request was read then.
        if (asking.reusedSocket && error.code === 'ECONNRESET') send(sent).then(resolve, reject);
        else reject(new Error(`${error.message}: ${sent.method} ${sent.target}`));
      });
      asking.on('timeout', () => asking.destroy(new Error('no answer')));
      asking.on('response', (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const headers = new Headers();
          for (let i = 0; i < answer.rawHeaders.length; i += 2)
            headers.append(answer.rawHeaders[i]!, answer.rawHeaders[i + 1]!);
          resolve({ status: answer.statusCode!, headers, text: Buffer.concat(parts).toString('utf8') });
        });
      });
      asking.end(sent.body);
    });
  };
  return send;
}

/** Starts them, with a database of their own. Limits of rates are off, every answer is logged, and no machine is too slow for a decision. */
export async function startFuzzStack(): Promise<FuzzStack> {
  const stateDir = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const assets = join(stateDir, 'assets');
  mkdirSync(assets);
  ensureSecrets(join(root, '.dev.vars'));
  const port = await choosePort(undefined, PORTS_FROM);
  const directPort = await choosePort(undefined, port + 1);
  const logFile = join(stateDir, 'log');
  const vars = { DECIDE_DEADLINE_MS: '20000', SHIELD: 'off', LOG_ONE_IN: '1' };
  const runtime = await startRuntime({ root, stateDir, assets, logFile, port, directPort, vars });
  const agent = new Agent({ keepAlive: true });
  await applyMigrations(runtime.database, join(root, 'migrations'));
  return {
    database: runtime.database,
    send: sender(directPort, agent),
    logLines: () => readFileSync(logFile, 'utf8').split('\n').slice(0, -1),
    async stop() {
      agent.destroy();
      await runtime.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}
