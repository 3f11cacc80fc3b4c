/** A real browser for the tests: an installed Chrome or Chromium where there is one, else the one that comes as a package. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import packaged from '@sparticuz/chromium';
import { type Browser, chromium, firefox } from 'playwright-core';

/** Where desktops and images keep it; `CHROME_PATH` comes first. */
const USUAL_PATHS = [
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** What keeps it from looking for a network, a graphics card, or an older profile. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Debian's package first; `FIREFOX_PATH` before all of them. */
const FIREFOX_PATHS = [
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];

/** Whether this run is in Firefox (`npm run test:firefox`). */
export const IN_FIREFOX = process.env.TEST_BROWSER === 'firefox';

/** An installed Firefox as it is, driven by WebDriver BiDi. */
function launchFirefox(): Promise<Browser> {
  const program = process.env.FIREFOX_PATH ?? FIREFOX_PATHS.find((path) => existsSync(path));
  if (!program || !existsSync(program))
    throw new Error('There is no Firefox here: install one (apt-get install firefox-esr), or name it in FIREFOX_PATH');
  return firefox.launch({
    channel: 'moz-firefox',
    executablePath: fileURLToPath(new URL('firefox/bridge.mjs', import.meta.url)),
    env: { ...process.env, FIREFOX_PROGRAM: program } as Record<string, string>,
    headless: true,
  });
}

/** Starts a browser; the caller closes it. `keepsPages`: those that are left come back as they were. Throws when the named one does not exist. */
export async function launchBrowser({ keepsPages = false } = {}): Promise<Browser> {
  if (IN_FIREFOX) return launchFirefox();
  const named = process.env.CHROME_PATH;
  if (named && !existsSync(named)) throw new Error(`CHROME_PATH names ${named}, which does not exist`);
  const executablePath = named ?? USUAL_PATHS.find((path) => existsSync(path)) ?? (await packaged.executablePath());
  const ignoreDefaultArgs = keepsPages ? ['--disable-back-forward-cache'] : [];
  return chromium.launch({ executablePath, headless: true, args: FLAGS, ignoreDefaultArgs });
}

/** Looks again every 20 ms until `read` gives something true, at most 10 seconds; returns it, or the last that was not. */
export async function until<T>(read: () => T | Promise<T>): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const value = await read();
    if (value || Date.now() > deadline) return value;
    await sleep(20);
  }
}
