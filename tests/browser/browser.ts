/** A real browser for the tests: an installed Chrome or Chromium where there is one, else the one that comes as a package. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import packaged from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

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

/** Starts a browser; the caller closes it. `keepsPages`: those that are left come back as they were. Throws when the named one does not exist. */
export async function launchBrowser({ keepsPages = false } = {}): Promise<Browser> {
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
