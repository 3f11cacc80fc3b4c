/**
 * A double of our own API for failure injection: answers optimize from a table, takes feedback and events, and checks every request
 * against the contract. Pages are served from an origin of their own, so that the requests are really cross-origin.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { bundles } from '../../client-snippet/bundle.ts';
import { ORT_PATH } from '../../client-snippet/parts/score/ort-path.ts';
import { consentRequest } from '../../contract/consent.ts';
import { type DecisionAnswer, optimizeRequest } from '../../contract/decisions.ts';
import { deviceBundleRequest, deviceDecisionsRequest } from '../../contract/device.ts';
import { eventsRequest, feedbackRequest } from '../../contract/events.ts';
import { bundleAnswer, decisionsAnswer } from './device-answers.ts';
import { modelAnswer, type PageModel } from './model-answers.ts';

const SCHEMAS = {
  optimize: optimizeRequest,
  feedback: feedbackRequest,
  events: eventsRequest,
  consent: consentRequest,
  'device/bundle': deviceBundleRequest,
  'device/decisions': deviceDecisionsRequest,
};
export type Endpoint = keyof typeof SCHEMAS;

/** Largest body the real API takes. */
const MAX_BODY_BYTES = 16 * 1_024;

/** A request as it came. `problem` says what the contract has against it. */
export interface Received {
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly origin: string | undefined;
  readonly contentType: string | undefined;
  /** `cors` of fetch, `no-cors` of a beacon. */
  readonly mode: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: the body is JSON of three shapes; tests read into it
  readonly body: any;
  readonly problem: string | undefined;
}

export type Failure =
  | { readonly delayMs: number }
  | { readonly status: number }
  | { readonly text: string }
  | 'drop'
  | undefined;

/** What an endpoint of a test's own answers; 200 unless it says otherwise. */
export interface Reply {
  readonly status?: number;
  readonly json: unknown;
}

export interface Double {
  /** Where pages are served, and where the API is. */
  readonly pages: string;
  readonly api: string;
  readonly received: Received[];
  /** Decisions by placement; what is not here gets `default`. */
  decisions: Record<string, Partial<DecisionAnswer>>;
  /** Content by placement of what pages decide themselves; what is not here is not for devices. */
  onDevice: Record<string, NonNullable<DecisionAnswer['content']>>;
  /** Models that pages may have, by id. */
  models: Record<string, PageModel>;
  /** Addresses below `/v1/models/` that were asked for. */
  readonly modelsAsked: string[];
  /** Stands in every token: real ones are longer. */
  tokenTail: string;
  /** What is wrong with which endpoint. */
  failures: Partial<Record<Endpoint, Failure>>;
  /** Endpoints in place of those above and beside them, by what stands after `/v1/`: told the body, they say what to answer, and when. */
  answers: Record<string, (body: Received['body']) => Reply | Promise<Reply>>;
  /** Refuses some requests by what they say. */
  refuse: (body: Received['body']) => { readonly status: number; readonly text: string } | undefined;
  /** HTML by path; `headers` for all of them. */
  html: Record<string, string>;
  headers: Record<string, string>;
  /** Scripts of pages' own that hold the document up, by path: for so many milliseconds. */
  slowScripts: Record<string, number>;
  reset(): void;
  close(): Promise<void>;
}

const CORS = { 'access-control-allow-origin': '*' };

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function check(endpoint: Endpoint, text: string): Pick<Received, 'body' | 'problem'> {
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) return { body: null, problem: 'the body is over 16 KB' };
  try {
    const body: unknown = JSON.parse(text);
    return { body, problem: SCHEMAS[endpoint].safeParse(body).error?.message };
  } catch {
    return { body: text, problem: 'not JSON' };
  }
}

/** With consent every decision has a token and the visitor an id, as from the real one. The table's content goes out unchecked. */
function answerOptimize(double: Double, body: Received['body']): string {
  const granted = body.consent === 'granted' && !body.preview;
  const decisions = (body.placements as string[]).map((placement) => ({
    placement,
    outcome: 'default',
    content: null,
    ...double.decisions[placement],
    ...(granted ? { token: `ht1.${placement}.${double.tokenTail}${Math.random()}` } : {}),
    ...(body.preview ? { preview: true } : {}),
  }));
  const customer = granted ? { anonymousId: idFor(body) } : {};
  return JSON.stringify({ requestId: 'r1', customer, decisions });
}

const idFor = ({ customer }: Received['body']): string =>
  customer?.anonymousId?.startsWith('a1.') ? customer.anonymousId : `a1.k1.${Math.random()}.s`;

/** The answer to a request that is as the contract has it. */
function answerTo(double: Double, endpoint: Endpoint, body: Received['body']): string {
  if (endpoint === 'optimize') return answerOptimize(double, body);
  if (endpoint === 'device/bundle')
    return JSON.stringify(bundleAnswer(double.onDevice, body, body.consent === 'granted' ? idFor(body) : undefined));
  return endpoint === 'device/decisions' ? JSON.stringify(decisionsAnswer(body)) : '{}';
}

async function handleApi(double: Double, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const endpoint = request.url?.replace('/v1/', '') as Endpoint;
  if (request.method === 'GET' && endpoint.startsWith('models/')) {
    double.modelsAsked.push(endpoint);
    const { status, headers, body } = modelAnswer(double.models, endpoint);
    return void response.writeHead(status, { ...CORS, ...headers }).end(body);
  }
  const other = double.answers[endpoint];
  if (other) {
    const { status = 200, json } = await other(JSON.parse(await readBody(request)));
    return void response.writeHead(status, { ...CORS, 'content-type': 'application/json' }).end(JSON.stringify(json));
  }
  const checked = check(endpoint, await readBody(request));
  const { origin, 'content-type': contentType, 'sec-fetch-mode': mode } = request.headers;
  double.received.push({ endpoint, method: request.method ?? '', origin, contentType, mode, ...checked });
  const refused = checked.problem ? undefined : double.refuse(checked.body);
  const failure = double.failures[endpoint];
  if (failure === 'drop') return void request.socket.destroy();
  const text = checked.problem ? '{}' : answerTo(double, endpoint, checked.body);
  const send = (status: number, body: string): void => {
    response.writeHead(status, { ...CORS, 'content-type': 'application/json' }).end(body);
  };
  if (refused) send(refused.status, refused.text);
  else if (failure && 'delayMs' in failure) setTimeout(() => send(200, text), failure.delayMs);
  else if (failure && 'status' in failure) send(failure.status, '{"type":"/problems/internal"}');
  else if (failure && 'text' in failure) send(200, failure.text);
  else send(checked.problem ? 422 : 200, text);
}

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** A file of onnxruntime-web, as the package has it. */
function answerOrt(url: string, response: ServerResponse): void {
  const name = url.slice(ORT_PATH.length);
  const type = name.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
  const file = createRequire(import.meta.url)
    .resolve('onnxruntime-web')
    .replace(/[^/]*$/, name);
  response.writeHead(200, { ...CORS, 'content-type': type }).end(readFileSync(file));
}

/** Starts both servers on free ports. */
export async function startDouble(): Promise<Double> {
  const scripts = Object.fromEntries([...(await bundles())].map(([name, code]) => [`/${name}`, code]));
  const apiServer = createServer((request, response) => {
    if (request.url?.startsWith(ORT_PATH)) return void answerOrt(request.url, response);
    const script = scripts[request.url ?? ''];
    if (script) response.writeHead(200, { ...CORS, 'content-type': 'text/javascript' }).end(script);
    else if (request.url?.endsWith('.js')) response.writeHead(404, CORS).end();
    else void handleApi(double, request, response);
  });
  const pageServer = createServer((request, response) => {
    const heldMs = double.slowScripts[request.url ?? ''];
    if (heldMs !== undefined)
      return void setTimeout(() => response.writeHead(200, { 'content-type': 'text/javascript' }).end(), heldMs);
    const html = double.html[(request.url ?? '/').split('?')[0] as string];
    response
      .writeHead(html ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', ...double.headers })
      .end(html ?? '');
  });
  const double: Double = {
    pages: await listen(pageServer),
    api: await listen(apiServer),
    received: [],
    decisions: {},
    onDevice: {},
    models: {},
    modelsAsked: [],
    tokenTail: '',
    failures: {},
    answers: {},
    refuse: () => undefined,
    html: {},
    headers: {},
    slowScripts: {},
    reset() {
      double.received.length = 0;
      double.modelsAsked.length = 0;
      Object.assign(double, {
        decisions: {},
        onDevice: {},
        models: {},
        failures: {},
        answers: {},
        html: {},
        headers: {},
        slowScripts: {},
      });
      double.tokenTail = '';
      double.refuse = () => undefined;
    },
    async close() {
      for (const server of [pageServer, apiServer]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
  return double;
}
