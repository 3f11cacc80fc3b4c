/** The site's own server, in a thread of its own: a page of usual size, and a very long one. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

const HEAD_COMMENTS = 60;
/** Paragraphs of a page of some 60 KB, and of one of 5 MB. */
const PARAGRAPHS = { usual: 900, long: 77_000 };
const paragraph = '<p class="text">Merino below, <b>fleece</b> above: whoever takes two.</p>\n';

const page = (paragraphs: number): Buffer =>
  Buffer.from(
    `<!doctype html><html><head><title>Shop</title>${'<!-- styles and scripts -->\n'.repeat(HEAD_COMMENTS)}</head>
<body><h1 data-hyperedge="edge-hero">Made for the early hours</h1>${paragraph.repeat(paragraphs)}</body></html>`,
  );
function serve(): void {
  const usual = page(PARAGRAPHS.usual);
  const long = page(PARAGRAPHS.long);
  const server = createServer((request, response) => {
    const body = request.url?.includes('long') ? long : usual;
    const headers = { 'content-type': 'text/html; charset=utf-8', 'content-length': body.length, etag: '"1"' };
    response.writeHead(200, headers).end(body);
  });
  // Kept open for as long as they are used: a connection that closes between two turns would be measured.
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
}

/** Starts the thread; its first message is the port. The caller ends it. */
export const originThread = (): Worker => new Worker(new URL(import.meta.url));

if (!isMainThread) serve();
