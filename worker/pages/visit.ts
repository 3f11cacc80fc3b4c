/** One view of a page: who looks at it, and the decisions for its placements, asked for as early as they are known. */
import type { DecisionAnswer, OptimizeResponse } from '../../contract/decisions.ts';
import { MAX_PLACEMENTS } from '../../contract/limits.ts';
import type { Visitor } from './visitor.ts';

/**
 * Requests of one page for placements that nobody remembered: the first view of a page by an isolate. What is beyond them is left to the page
 * script, which asks for all of it at once.
 */
const MAX_ASKS = 4;
/**
 * How long decisions wait for the page's first byte to go: deciding takes an isolate's only thread, and of an origin that answers at once, or a page
 * that Cloudflare has, the first byte is earlier than that. Of any other the decisions are there before the page is.
 */
const FIRST_BYTE_MS = 2;
/** What a page says with an id: anything else would have the whole request refused. */
const PLACEMENT = /^[a-z\d][a-z\d_-]{0,63}$/;

/** Asks for decisions; undefined when there is no answer. Never rejects. */
export type Ask = (placements: readonly string[], visitor: Visitor) => Promise<OptimizeResponse | undefined>;

export class Visit {
  readonly visitor: Promise<Visitor>;
  readonly #ask: Ask;
  readonly #waitMs: number;
  /** By placement; undefined in it when there is none. */
  readonly #decisions = new Map<string, Promise<DecisionAnswer | undefined>>();
  readonly #answers: OptimizeResponse[] = [];
  readonly #seen = new Set<string>();
  #expected: readonly string[] = [];
  #asks = 0;
  #late: Promise<void> | undefined;

  /** @param waitMs how long the stream may be held up, all placements together */
  constructor(visitor: Promise<Visitor>, ask: Ask, waitMs: number) {
    this.visitor = visitor;
    this.#ask = ask;
    this.#waitMs = waitMs;
  }

  /** Placements that the page had when it was last seen: asked for at once when it begins, or a moment from now. */
  expect(placements: readonly string[]): void {
    if (placements.length === 0) return;
    this.#expected = placements.slice(0, MAX_PLACEMENTS);
    scheduler.wait(FIRST_BYTE_MS).then(
      () => this.begin(),
      () => undefined, // the request is over
    );
  }

  /** The page's first bytes are on their way. */
  begin(): void {
    const expected = this.#expected;
    this.#expected = [];
    if (expected.length > 0) this.#start(expected);
  }

  /** The decision for a placement of the page; undefined when there is none in time: then the page's own content stays. */
  async decisionOf(placement: string): Promise<DecisionAnswer | undefined> {
    if (!PLACEMENT.test(placement)) return undefined;
    this.begin();
    if (this.#seen.size < MAX_PLACEMENTS) this.#seen.add(placement);
    if (!this.#decisions.has(placement) && this.#asks < MAX_ASKS) this.#start([placement]);
    const decision = this.#decisions.get(placement);
    if (!decision) return undefined;
    // Counted from the first placement on: until then the stream waits for nobody but its origin.
    this.#late ??= scheduler.wait(this.#waitMs);
    return Promise.race([decision, this.#late.then(() => undefined)]);
  }

  /** Placements that were met, first to last. */
  get seen(): readonly string[] {
    return [...this.#seen];
  }

  /** The answers that have come by now. */
  get answers(): readonly OptimizeResponse[] {
    return this.#answers;
  }

  #start(placements: readonly string[]): void {
    this.#asks += 1;
    const answering = this.visitor
      .then((visitor) => this.#ask(placements, visitor))
      .then((answer) => {
        if (answer) this.#answers.push(answer);
        return answer;
      });
    for (const placement of placements)
      this.#decisions.set(
        placement,
        answering.then((answer) => answer?.decisions.find((decision) => decision.placement === placement)),
      );
  }
}
