/** One GET with the moments that matter to who looks at a page. */
import { type Agent, get } from 'node:http';

/** Milliseconds from asking. */
export interface Moments {
  /** The first byte of the answer: its headers. */
  readonly answerMs: number;
  /** The first byte of the page: its head, which names style sheets. */
  readonly pageMs: number;
  /** The first placement's element. */
  readonly placementMs: number;
  readonly endMs: number;
  readonly bytes: number;
  /** Whether the placement was filled. */
  readonly isFilled: boolean;
}

const ELEMENT = 'data-hyperedge="edge-hero"';

/** Asks, and reads to the end. Rejects when the connection fails. */
export function timedGet(url: string, agent: Agent, headers: Record<string, string> = {}): Promise<Moments> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    const since = (): number => performance.now() - startMs;
    get(url, { agent, headers }, (response) => {
      const answerMs = since();
      let pageMs = 0;
      let placementMs = 0;
      let bytes = 0;
      let beginning = '';
      let isFilled = false;
      response.on('data', (chunk: Buffer) => {
        pageMs ||= since();
        bytes += chunk.length;
        if (placementMs > 0) return;
        beginning += chunk.toString('latin1');
        if (!beginning.includes(ELEMENT)) return;
        placementMs = since();
        isFilled = beginning.includes('<template data-hyperedge-own');
      });
      response.on('end', () => resolve({ answerMs, pageMs, placementMs, endMs: since(), bytes, isFilled }));
      response.on('error', reject);
    }).on('error', reject);
  });
}
