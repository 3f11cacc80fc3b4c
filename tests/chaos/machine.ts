/** A runtime on disk that can be killed and started again, again and again. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { choosePort } from '../../scripts/start/port.ts';
import { type Runtime, startRuntime } from '../../scripts/start/runtime.ts';
import { logFileOf, startStack } from '../../scripts/start/stack.ts';

/** Away from the ports of `npm start` and of other tests. */
const FIRST_PORT = 21_787;
/** A killed runtime's requests may take long on a machine that starts another one: their deadline is not what is tried here. */
const VARS = { DECIDE_DEADLINE_MS: '10000' };

/** A running runtime, its address and key. */
export class Machine {
  readonly url: string;
  readonly secretKey: string;
  readonly #start: () => Promise<Runtime>;
  readonly #stateDir: string;
  #runtime: Runtime;

  private constructor(
    url: string,
    secretKey: string,
    stateDir: string,
    runtime: Runtime,
    start: () => Promise<Runtime>,
  ) {
    this.url = url;
    this.secretKey = secretKey;
    this.#stateDir = stateDir;
    this.#runtime = runtime;
    this.#start = start;
  }

  /** Starts one with an empty state. */
  static async start(root: string, stateDir: string): Promise<Machine> {
    const port = await choosePort(undefined, FIRST_PORT);
    const demoFile = join(stateDir, 'demo.json');
    const stack = await startStack({ root, port, stateDir, demoFile, vars: VARS });
    const again = () =>
      startRuntime({
        root,
        port,
        stateDir,
        assets: join(stateDir, 'assets'),
        logFile: logFileOf(root, stateDir),
        vars: VARS,
      });
    return new Machine(stack.url, stack.keys.secretKey, stateDir, stack.runtime, again);
  }

  /** SIGKILL: workerd has no chance to close a file or to answer anybody. */
  kill(): void {
    const { processId } = this.#runtime;
    if (processId === undefined) throw new Error('the runtime has no process that can be killed');
    process.kill(processId, 'SIGKILL');
  }

  /** Starts it on what the killed one left. */
  async restart(): Promise<void> {
    await this.#runtime.stop();
    this.#runtime = await this.#start();
  }

  /** Ends it and removes its state. */
  async end(): Promise<void> {
    await this.#runtime.stop();
    rmSync(this.#stateDir, { recursive: true, force: true });
  }
}
