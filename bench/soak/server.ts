/** The runtime of a soak: started on a state of its own, killed and started again on what it left. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { choosePort } from '../../scripts/start/port.ts';
import { type Runtime, startRuntime } from '../../scripts/start/runtime.ts';
import { logFileOf, startStack } from '../../scripts/start/stack.ts';
import type { Sender } from './book.ts';
import { collectSimulators, type Heaps, heapsOf, liveHeapsOf } from './heaps.ts';

const FIRST_PORT = 22_117;
/** A request that is not answered for so long is one that never is. */
const ANSWER_TIMEOUT_MS = 20_000;
const root = fileURLToPath(new URL('../../', import.meta.url));

/** An answer, or that there was none. */
export interface Answer {
  /** 0 when there was none. */
  readonly status: number;
  readonly body: unknown;
}

export class Server {
  readonly #stateDir: string;
  readonly #port: number;
  readonly #directPort: number;
  readonly #inspectorPort: number;
  readonly #headers: Readonly<Record<Sender, Readonly<Record<string, string>>>>;
  #runtime: Runtime;
  /** Ends when nobody asks the inspector: an isolate has one session, and another one ends it. */
  #inspected: Promise<unknown> = Promise.resolve();

  private constructor(
    stateDir: string,
    ports: readonly [number, number, number],
    headers: Record<Sender, Record<string, string>>,
    runtime: Runtime,
  ) {
    this.#stateDir = stateDir;
    [this.#port, this.#directPort, this.#inspectorPort] = ports;
    this.#headers = headers;
    this.#runtime = runtime;
  }

  static async start(): Promise<Server> {
    const stateDir = mkdtempSync(join(tmpdir(), 'soak-'));
    const port = await choosePort(undefined, FIRST_PORT);
    const directPort = await choosePort(undefined, port + 1);
    const inspectorPort = await choosePort(undefined, directPort + 1);
    const stack = await startStack({
      root,
      port,
      directPort,
      inspectorPort,
      stateDir,
      demoFile: join(stateDir, 'demo.json'),
    });
    const headers = {
      page: { authorization: `Bearer ${stack.keys.publishableKey}`, origin: stack.url },
      server: { authorization: `Bearer ${stack.keys.secretKey}` },
    };
    return new Server(stateDir, [port, directPort, inspectorPort], headers, stack.runtime);
  }

  /** Of workerd; undefined where processes cannot be listed. */
  get processId(): number | undefined {
    return this.#runtime.processId;
  }

  /** Heaps of all isolates now, with their garbage. */
  heaps(): Promise<Heaps> {
    return this.#inTurn(heapsOf);
  }

  /** Of our isolates, without garbage. */
  liveHeaps(): Promise<Heaps> {
    return this.#inTurn(liveHeapsOf);
  }

  /** See {@link collectSimulators}. */
  collectSimulators(): Promise<void> {
    return this.#inTurn(collectSimulators);
  }

  /** SIGKILL, and a new one on the same storage. */
  async restart(): Promise<void> {
    const { processId } = this.#runtime;
    if (processId !== undefined) process.kill(processId, 'SIGKILL');
    await this.#runtime.stop();
    this.#runtime = await startRuntime({
      ...{
        root,
        port: this.#port,
        directPort: this.#directPort,
        inspectorPort: this.#inspectorPort,
        stateDir: this.#stateDir,
      },
      assets: join(this.#stateDir, 'assets'),
      logFile: logFileOf(root, this.#stateDir),
    });
  }

  /** One request, with the key and origin of its sender. */
  async ask(sender: Sender, method: string, path: string, body?: unknown): Promise<Answer> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.#directPort}${path}`, {
        method,
        headers: { ...this.#headers[sender], 'content-type': 'application/json' },
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    } catch {
      return { status: 0, body: undefined };
    }
  }

  #inTurn<T>(ask: (port: number) => Promise<T>): Promise<T> {
    const asked = this.#inspected.then(() => ask(this.#inspectorPort));
    this.#inspected = asked.catch(() => undefined);
    return asked;
  }

  async end(): Promise<void> {
    await this.#runtime.stop();
    rmSync(this.#stateDir, { recursive: true, force: true });
  }
}
