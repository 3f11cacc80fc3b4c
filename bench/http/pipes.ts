/**
 * Connections on which requests are sent without waiting for the answers to those before (HTTP/1.1 pipelining): what one core can send is then more than
 * what another can answer. Answers come in the order of their requests; of each its status is read, and whether it is default content.
 */
import { connect, type Socket } from 'node:net';
import type { Call } from './load.ts';

/** Behind it the system takes nothing more of a connection for now. */
const MAX_UNSENT_BYTES = 16_384;
const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '\r\n0\r\n\r\n';
/** `HTTP/1.1 200 OK`. */
const [STATUS_FROM, STATUS_TO] = [9, 12];

/** A call as it goes over the wire. */
export function wireOf({ path, body }: Call, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ host: '127.0.0.1', 'content-type': 'application/json', ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `POST ${path} HTTP/1.1\r\n${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** The first answer of a text, or undefined while it is not whole. `end` is where the next begins. */
export function answerIn(text: string, from: number): { kind: string; end: number } | undefined {
  const headEnd = text.indexOf(HEAD_END, from);
  if (headEnd < 0) return undefined;
  const head = text.slice(from, headEnd).toLowerCase();
  const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
  const bodyFrom = headEnd + HEAD_END.length;
  // The end of a body in chunks stands behind its last one, or at once where there is none.
  const last = length === undefined ? text.indexOf(LAST_CHUNK, bodyFrom - 2) : 0;
  const end = length === undefined ? last + LAST_CHUNK.length : bodyFrom + Number(length);
  if (last < 0 || end > text.length) return undefined;
  const status = text.slice(from + STATUS_FROM, from + STATUS_TO);
  const isDefault = status === '200' && text.slice(bodyFrom, end).includes('"degraded":true');
  return { kind: isDefault ? '200 default' : status, end };
}

/** What a connection tells: an answer with its milliseconds, or how many requests were without one when it was closed from the other side. */
export interface Listener {
  readonly answered: (kind: string, ms: number) => void;
  readonly broken: (requests: number) => void;
}

/** One connection. */
export class Pipe {
  /** Fulfilled when it is connected, or never will be. */
  readonly opened: Promise<void>;
  readonly #socket: Socket;
  /** When what is not answered was due, the oldest first. */
  #dueMs: number[] = [];
  #text = '';

  constructor(port: number, { answered, broken }: Listener) {
    this.#socket = connect(port, '127.0.0.1');
    // One character a byte: lengths are in bytes.
    this.#socket.setNoDelay(true).setEncoding('latin1');
    this.#socket.on('data', (chunk: string) => {
      this.#text += chunk;
      let from = 0;
      for (let found = answerIn(this.#text, 0); found; found = answerIn(this.#text, from)) {
        from = found.end;
        answered(found.kind, performance.now() - (this.#dueMs.shift() ?? Number.NaN));
      }
      this.#text = this.#text.slice(from);
    });
    this.opened = new Promise((resolve) => {
      for (const event of ['connect', 'close']) this.#socket.once(event, resolve);
    });
    // What became of it is told when it is closed.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => broken(this.giveUp()));
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  get unanswered(): number {
    return this.#dueMs.length;
  }

  /** @returns when the oldest request without an answer was due */
  get oldestMs(): number {
    return this.#dueMs[0] ?? Number.POSITIVE_INFINITY;
  }

  /** @returns false where the system takes nothing more: not sent */
  send(wire: string, dueMs: number): boolean {
    if (this.#socket.destroyed || this.#socket.writableLength > MAX_UNSENT_BYTES) return false;
    this.#dueMs.push(dueMs);
    this.#socket.write(wire, 'utf8');
    return true;
  }

  /** Closes it. @returns requests that nobody waits for any longer */
  giveUp(): number {
    const left = this.#dueMs.length;
    this.#dueMs = [];
    this.#socket.destroy();
    return left;
  }
}
