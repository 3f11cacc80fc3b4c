import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { seededRandom } from '../../decisioning/random.ts';
import { answerIn, wireOf } from './pipes.ts';
import { Storm } from './storm.ts';

const random = () => seededRandom('3'.repeat(32));
const WIRE = wireOf({ path: '/x', body: '{"ä":1}' }, { authorization: 'Bearer k' });
let server: Server | undefined;

afterEach(() => server?.close());

async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  server = createServer(onSocket);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

test('a call goes over the wire with the length of its body in bytes', () => {
  expect(WIRE).toBe(
    'POST /x HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nauthorization: Bearer k\r\ncontent-length: 8\r\n\r\n{"ä":1}',
  );
});

test('answers are read one behind the other, with a length and in chunks, and only when they are whole', () => {
  const first = 'HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{"degraded":true}';
  const second = 'HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n';
  const empty = 'HTTP/1.1 429 Too Many Requests\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n';
  const text = first + second + empty;
  expect(answerIn(text, 0)).toEqual({ kind: '200 default', end: first.length });
  expect(answerIn(text, first.length)).toEqual({ kind: '503', end: first.length + second.length });
  expect(answerIn(text, first.length + second.length)).toEqual({ kind: '429', end: text.length });
  for (const one of [first, second, empty])
    for (let end = 0; end < one.length; end += 1) expect(answerIn(one.slice(0, end), 0)).toBeUndefined();
});

test('a storm sends what is due without waiting for answers, and counts what nobody answers', async () => {
  let received = '';
  const port = await listen((socket) => {
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('error', () => undefined);
  });
  const storm = new Storm(port, 5);
  await storm.blow(() => WIRE, 1_000, 500, random());
  await expect.poll(() => received.split('POST').length - 1).toBe(storm.sent);
  storm.giveUp();
  expect(storm.offered).toBeGreaterThan(350);
  expect(storm.sent + storm.heldBack).toBe(storm.offered);
  expect(storm).toMatchObject({ answered: 0, givenUp: storm.sent, kinds: {} });
});

test('what no connection takes is held back, not sent', async () => {
  const port = await listen((socket) => void socket.pause());
  const storm = new Storm(port, 1);
  const wire = wireOf({ path: '/', body: 'x'.repeat(1_000_000) }, {});
  await storm.blow(() => wire, 500, 400, random());
  expect(storm.heldBack).toBeGreaterThan(storm.sent);
  storm.giveUp();
});

test('a connection that is closed instead of answered is told as broken', async () => {
  const port = await listen((socket) => void socket.once('data', () => socket.destroy()));
  const storm = new Storm(port, 3);
  await storm.blow(() => WIRE, 300, 100, random());
  await storm.calm();
  expect(storm.kinds).toEqual({ broken: storm.sent });
  expect(storm.sent).toBeGreaterThan(0);
});

test('answers are timed from when their requests were due', async () => {
  const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';
  const port = await listen((socket) => {
    socket.on('data', (chunk) => {
      const count = chunk.toString('latin1').split('POST').length - 1;
      setTimeout(() => socket.write(answer.repeat(count)), 50);
    });
    socket.on('error', () => undefined);
  });
  const storm = new Storm(port, 4);
  await storm.blow(() => WIRE, 200, 300, random());
  await storm.calm();
  expect(storm.kinds).toEqual({ 200: storm.sent });
  expect(Math.min(...storm.times)).toBeGreaterThan(45);
});
