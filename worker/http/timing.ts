/** Where the time of one request went, as `Server-Timing` tells it. */

/** Spans in one header: more would be noise to a reader. */
const MAX_SPANS = 16;

/** Spans of one request. The platform's clock advances with I/O only: pure computing shows as 0. */
export class Timing {
  readonly #spans: { readonly name: string; readonly startMs: number; endMs: number | undefined }[] = [];
  readonly #startMs: number;
  readonly #clock: () => number;

  /** @param clock milliseconds, from any origin */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#startMs = clock();
  }

  /** Opens a span and returns the function that closes it. `name` is a header token: letters, digits, `-`, `_`. */
  start(name: string): () => void {
    const span: { name: string; startMs: number; endMs: number | undefined } = {
      name,
      startMs: this.#clock(),
      endMs: undefined,
    };
    if (this.#spans.length < MAX_SPANS) this.#spans.push(span);
    return () => {
      span.endMs ??= this.#clock();
    };
  }

  /** Adds a duration that another part measured, an object for example. */
  add(name: string, durationMs: number): void {
    if (this.#spans.length < MAX_SPANS) this.#spans.push({ name, startMs: 0, endMs: durationMs });
  }

  /** Milliseconds since the request arrived. */
  totalMs(): number {
    return this.#clock() - this.#startMs;
  }

  /** Value of the `Server-Timing` header; a span still open lasts until now. */
  header(): string {
    const nowMs = this.#clock();
    let text = '';
    for (const { name, startMs, endMs } of this.#spans) text += `${entry(name, (endMs ?? nowMs) - startMs)}, `;
    return text + entry('total', nowMs - this.#startMs);
  }
}

/** Mostly nothing was waited for. */
const entry = (name: string, durationMs: number): string =>
  durationMs > 0 ? `${name};dur=${durationMs.toFixed(1)}` : `${name};dur=0.0`;
