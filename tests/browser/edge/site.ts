/** A site as a third party runs it: its own server, and the worker in front of it on the real runtime. */
import { mkdtempSync, rmSync } from 'node:fs';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Stack, startStack } from '../../../scripts/start/stack.ts';
import { ownPorts } from '../ports.ts';

export interface OriginRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface EdgeSite {
  /** Where its visitors go: the worker. */
  readonly url: string;
  /** The API beside it. */
  readonly api: string;
  readonly stack: Stack;
  readonly received: OriginRequest[];
  /** What the site's server answers by path; 404 elsewhere. */
  pages: Record<string, RequestListener>;
  readonly server: Server;
  close(): Promise<void>;
}

/** A page as its server answers it. */
export const page =
  (html: string | Buffer, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(html);
  };

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Campaigns for the placements `hero` and `side` of these tests, besides the demo's. */
function documentsFor(origins: readonly string[]): object[] {
  return [
    { kind: 'site', id: 'shop', name: 'Shop', siteKind: 'web', origins, consent: 'required', cookie: {} },
    { kind: 'placement', id: 'edge-hero', name: 'Hero' },
    { kind: 'placement', id: 'edge-side', name: 'Side' },
    {
      kind: 'campaign',
      id: 'edge-demo',
      name: 'Edge',
      objective: { goal: 'click' },
      placements: ['edge-hero'],
      sticky: { mode: 'days', days: 7 },
      arms: [
        { id: 'a', content: { text: 'Shown at once', href: '/sale', attributes: { title: 'New' } } },
        { id: 'b', content: { text: 'Shown at once, too', href: '/sale', attributes: { title: 'New' } } },
      ],
    },
    {
      kind: 'campaign',
      id: 'edge-beside',
      name: 'Beside',
      objective: { goal: 'click' },
      placements: ['edge-side'],
      arms: [{ id: 'a', content: { parts: { text: { text: 'Beside it' } } } }],
    },
  ];
}

/** Starts all of it on free ports; `more` documents are published, too. */
export async function startEdgeSite(more: readonly object[] = []): Promise<EdgeSite> {
  const folder = mkdtempSync(join(tmpdir(), 'hyperedge-edge-'));
  const received: OriginRequest[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const body = method === 'POST' ? await bodyOf(request) : '';
    received.push({ method, url, headers, body });
    const answer = site.pages[url.split('?')[0] as string];
    if (answer) answer(request, response);
    else response.writeHead(404, { 'content-type': 'text/html' }).end('<h1 data-hyperedge="edge-hero">not here</h1>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [port, pagesPort] = (await ownPorts(2)) as [number, number];
  const url = `http://localhost:${pagesPort}`;
  const stack = await startStack({
    root: fileURLToPath(new URL('../../../', import.meta.url)),
    port,
    stateDir: join(folder, 'state'),
    demoFile: join(folder, 'demo.json'),
    // A browser, a runtime and two servers on two busy cores: how soon an answer comes is not what is tried here.
    vars: { DECIDE_DEADLINE_MS: '20000' },
    pages: (key) => {
      const told = { key, waitMs: 250, consentCookie: { name: 'consent', granted: ['yes'], denied: ['no'] } };
      const left = { ...told, origin: 'http://127.0.0.1:9' }; // nobody listens on the discard port
      return {
        port: pagesPort,
        sites: { [`localhost:${pagesPort}`]: { ...told, origin }, [`127.0.0.1:${pagesPort}`]: left },
      };
    },
  });
  const response = await fetch(`${stack.url}/v1/push`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.keys.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ documents: [...documentsFor([url, stack.url]), ...more] }),
  });
  if (!response.ok) throw new Error(await response.text());
  const site: EdgeSite = {
    ...{ url, api: stack.url, stack, received, pages: {}, server },
    async close() {
      await stack.runtime.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return site;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request whose every header is this test's: `fetch` would decode and add some. */
export function get(
  url: string,
  headers: Record<string, string> = {},
  options: { method?: string; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', body } = options;
    const sent = httpRequest(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
