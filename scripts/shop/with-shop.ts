/** The demo shop with a state of its own and a browser, for as long as a command needs both. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../tests/browser/browser.ts';
import { choosePort } from '../start/port.ts';
import { type Stack, startStack } from '../start/stack.ts';

/** Where the search for a free port begins: above those of a running shop and of the tests. */
const FIRST_PORT = 8_980;

interface Shop {
  readonly browser: Browser;
  readonly stack: Stack;
  /** Of the checkout. */
  readonly root: string;
}

/** Starts both, runs, and leaves nothing behind, whatever happens. `vars` are the runtime's. */
export async function withShop(run: (shop: Shop) => Promise<void>, vars?: Record<string, string>): Promise<void> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), 'hyperedge-shop-'));
  const browser = await launchBrowser();
  try {
    const stack = await startStack({
      root,
      port: await choosePort(undefined, FIRST_PORT),
      stateDir: join(folder, 'state'),
      demoFile: join(folder, 'demo.json'),
      ...(vars && { vars }),
    });
    try {
      await run({ browser, stack, root });
    } finally {
      await stack.runtime.stop();
    }
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}
