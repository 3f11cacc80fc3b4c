/** What `alerts` says where there is nothing, and to readers who stop early. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { THRESHOLD } from '../money/testing/answers.ts';
import { commandEnvironment } from '../testing/environment.ts';

/** A server that answers everything with these alerts. */
async function siteWith(items: readonly object[]): Promise<string> {
  const server = createServer((_, response) => response.end(JSON.stringify({ items, next: null })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const PLACE = {
  cwd: join(import.meta.dirname, '../..'),
  env: commandEnvironment({ HYPEREDGE_SECRET_KEY: 'sk_x' }),
};
const commandOf = async (items: readonly object[]) => ['cli/hyperedge.ts', 'alerts', '--site', await siteWith(items)];
const run = (args: readonly string[]) => promisify(execFile)(process.execPath, args, PLACE);

test('an id that is no campaign’s is told how ledgers are named', async () => {
  const args = await commandOf([]);
  expect((await run([...args, '--subject', 'tiny'])).stdout).toBe(
    'No open alerts about "tiny" as a campaign; what is spent is told as pool:tiny, stock:tiny, channel:tiny, campaign:tiny.\n',
  );
  expect((await run([...args, '--subject', 'pool:tiny'])).stdout).toBe('No open alerts about "pool:tiny".\n');
});

test('a reader that has read enough ends it without a word', async () => {
  const args = await commandOf([THRESHOLD]);
  const command = spawn(process.execPath, args, { ...PLACE, stdio: ['ignore', 'pipe', 'pipe'] });
  command.stdout.destroy();
  const [told, [code]] = await Promise.all([text(command.stderr), once(command, 'exit')]);
  expect({ told, code }).toEqual({ told: '', code: 0 });
});
