/**
 * The platform's clock, chance, waiting and hashing as a simulated host has them. Import this before any code that is simulated: some of
 * it takes `Math.random` at load. Outside of a simulated host everything is as it was.
 */
import { createHash, createHmac } from 'node:crypto';
import { current } from './host.ts';

type Bytes = ArrayBuffer | ArrayBufferView;

const realNow = Date.now;
const realRandom = Math.random;
const realCrypto = crypto;

const bytesOf = (data: Bytes): Uint8Array =>
  ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);

const bufferOf = (bytes: Uint8Array): ArrayBuffer =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;

/** A key as the simulated host holds it. */
class SimulatedKey {
  readonly raw: Uint8Array;
  constructor(raw: Uint8Array) {
    this.raw = raw;
  }
}

/** Names of objects are asked for again and again. */
const signed = new Map<string, ArrayBuffer>();
const MAX_SIGNED = 1_000;

function sign(key: SimulatedKey, data: Uint8Array): ArrayBuffer {
  const name = `${Buffer.from(key.raw).toString('latin1')} ${Buffer.from(data).toString('latin1')}`;
  let signature = signed.get(name);
  if (!signature) {
    signature = bufferOf(createHmac('sha256', key.raw).update(data).digest());
    if (signed.size >= MAX_SIGNED) signed.clear();
    signed.set(name, signature);
  }
  return signature;
}

/** HMAC-SHA-256 and SHA-256 alone, answered within the microtask: real hashing would come back in any order. */
const subtle = {
  importKey: async (_format: string, raw: Bytes): Promise<unknown> => new SimulatedKey(bytesOf(raw).slice()),
  sign: async (_name: unknown, key: unknown, data: Bytes): Promise<ArrayBuffer> =>
    sign(key as SimulatedKey, bytesOf(data)),
  verify: async (_name: unknown, key: unknown, signature: Bytes, data: Bytes): Promise<boolean> => {
    const wanted = createHmac('sha256', (key as SimulatedKey).raw)
      .update(bytesOf(data))
      .digest();
    return Buffer.compare(wanted, bytesOf(signature)) === 0;
  },
  digest: async (_name: unknown, data: Bytes): Promise<ArrayBuffer> =>
    bufferOf(createHash('sha256').update(bytesOf(data)).digest()),
};

function randomBytes<T extends ArrayBufferView>(into: T): T {
  const { dice } = current()!.host;
  const bytes = bytesOf(into);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = dice.below(256);
  return into;
}

function randomUUID(): string {
  const hex = Array.from(randomBytes(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const simulatedCrypto = { subtle, randomUUID, getRandomValues: randomBytes } as unknown as Crypto;

Date.now = () => current()?.host.now() ?? realNow();
Math.random = () => current()?.host.dice.next() ?? realRandom();
Object.defineProperty(globalThis, 'crypto', {
  configurable: true,
  get: () => (current() ? simulatedCrypto : realCrypto),
});
Object.defineProperty(globalThis, 'scheduler', {
  configurable: true,
  value: {
    wait: (ms: number): Promise<void> => {
      const host = current();
      if (!host) throw new Error('simulated waiting outside of a simulation');
      return host.wait(ms);
    },
  },
});
