#!/usr/bin/env node
/**
 * Stands in for the browser's program: starts Firefox with the arguments it is given, and passes WebDriver BiDi on in both directions, so
 * that a driver made for the newest Firefox drives the one that long-term distributions have. Firefox is named by FIREFOX_PROGRAM.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { WebSocket, WebSocketServer } from 'ws';
import { inlined } from './inline.mjs';

/** What the driver asks for beside the page itself, and can do without: an old browser's "unknown command" is taken as done. */
const OPTIONAL = /^(network\.(add|remove)DataCollector|browser\.setDownloadBehavior|emulation\.)/;

/** Passes on what one side says. Commands are remembered until they are answered. */
class Session {
  /** @type {Map<number, string>} */
  #asked = new Map();

  /** @param {string} text a command */
  asked(text) {
    const command = JSON.parse(text);
    if (OPTIONAL.test(command.method)) this.#asked.set(command.id, command.method);
    return JSON.stringify(inlined(command));
  }

  /** @param {string} text an answer, or an event */
  answered(text) {
    const { id, error } = JSON.parse(text);
    const method = this.#asked.get(id);
    if (!method) return text;
    this.#asked.delete(id);
    if (error !== 'unknown command') return text;
    return JSON.stringify({ type: 'success', id, result: { collector: 'none' } });
  }
}

/** @param {string} firefoxUrl where Firefox listens @returns {Promise<number>} the port on which the driver is listened to */
async function bridge(firefoxUrl) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (driver, { url }) => {
    const firefox = new WebSocket(firefoxUrl + url, { perMessageDeflate: false });
    const opened = new Promise((resolve) => firefox.once('open', resolve));
    const session = new Session();
    driver.on('message', async (data) => {
      await opened;
      firefox.send(session.asked(String(data)));
    });
    firefox.on('message', (data) => driver.send(session.answered(String(data))));
    firefox.on('close', () => driver.close());
    firefox.on('error', () => driver.close());
    driver.on('close', () => firefox.close());
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return server.address().port;
}

const child = spawn(process.env.FIREFOX_PROGRAM, process.argv.slice(2), { stdio: ['ignore', 'inherit', 'pipe'] });
child.on('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
createInterface({ input: child.stderr }).on('line', async (line) => {
  const [, url] = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(line) ?? [];
  process.stderr.write(`${url ? `WebDriver BiDi listening on ws://127.0.0.1:${await bridge(url)}` : line}\n`);
});
