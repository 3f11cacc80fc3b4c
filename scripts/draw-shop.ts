/** `npm run draw:shop`: starts the demo shop with a state of its own and takes the guides' pictures of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../tests/browser/browser.ts';
import { takePictures } from './shop/pictures.ts';
import { choosePort } from './start/port.ts';
import { startStack } from './start/stack.ts';

/** Where the search for a free port begins: above those of a running shop and of the tests. */
const FIRST_PORT = 8_980;

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'hyperedge-pictures-'));
const browser = await launchBrowser();
const stack = await startStack({
  root,
  port: await choosePort(undefined, FIRST_PORT),
  stateDir: join(folder, 'state'),
  demoFile: join(folder, 'demo.json'),
});
try {
  await takePictures(browser, stack, join(root, 'docs/guides/page'));
} finally {
  await browser.close();
  await stack.runtime.stop();
  await rm(folder, { recursive: true, force: true });
}
