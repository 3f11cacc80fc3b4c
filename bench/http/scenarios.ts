/** What is asked over HTTP, each kind of call by its name, and the documents that make it so. */
import type { Answer, Call } from './load.ts';

/** Customers that come back: enough that no object queues, few enough that all stay in memory (0.3 MB each). */
export const KNOWN_CUSTOMERS = 500;

/**
 * Of each stretch with money its own: a customer holds ten open claims of a ledger, for minutes, and would get default content then. Enough for two seconds of
 * any rate seen here, few enough for open files (three an object).
 */
const PAYING_CUSTOMERS = 1_500;

/** Calls of the bare worker of `bare.ts`: as much of an object as its name says, and no decision. */
export const BARE_CALLS = ['bare_echo', 'bare_one_row', 'bare_two_rows', 'bare_new'] as const;
/** Calls of the project's own API: decisions by campaign, and feedback for customers who are there (their objects, too) or new. */
export const OUR_CALLS = [
  ...(['capped', 'capped_new', 'budgeted', 'uncapped', 'anonymous'] as const),
  ...(['feedback', 'feedback_new'] as const),
] as const;
/** A kind of call, by which its figures are told. */
export type CallName = (typeof BARE_CALLS)[number] | (typeof OUR_CALLS)[number];

/** Whether the bare worker answers it. */
export const isBare = (name: CallName): boolean => (BARE_CALLS as readonly CallName[]).includes(name);
/** Whether these calls are for the customers that come back. */
export const isForKnown = (name: CallName): boolean =>
  (['bare_one_row', 'bare_two_rows', 'capped', 'budgeted', 'uncapped'] as readonly CallName[]).includes(name);
/** Customers that a stretch of these calls is spread over. */
export const customersOf = (name: CallName): number => (name === 'budgeted' ? PAYING_CUSTOMERS : KNOWN_CUSTOMERS);
/** Those that make an object of each call's customer, beside a bare worker's that does. */
export const isForNew = (name: CallName): boolean =>
  (['bare_new', 'capped_new', 'feedback_new'] as readonly CallName[]).includes(name);

const arms = (costMinor: number) => ['a', 'b', 'c'].map((id) => ({ id, content: { text: id }, costMinor }));

const campaign = (id: string, more: object, costMinor = 0) => ({
  ...{ kind: 'campaign', id, name: id, placements: [id], objective: { goal: 'click' } },
  arms: arms(costMinor),
  ...more,
});

/** A campaign of each kind. No cap, budget or end is reached while the benchmark runs: what is measured is holding it. */
export const DOCUMENTS = [
  ...['capped', 'uncapped', 'budgeted'].map((id) => ({ kind: 'placement', id, name: id })),
  { kind: 'pool', id: 'bench', name: 'Benchmark', totalMinor: 1_000_000_000 },
  campaign('capped', { caps: [{ max: 10_000, per: '7d' }] }),
  campaign('uncapped', {}),
  campaign('budgeted', { pool: 'bench' }, 1),
];

const optimize = (placement: string, customer?: string): Call => ({
  path: '/v1/optimize',
  body: JSON.stringify({ placements: [placement], ...(customer && { customer: { id: customer } }) }),
  expects: '"outcome":"campaign"',
});

/** The calls of one run, each of them the next of its kind. */
export class Calls {
  #count = 0;
  #paid = 0;
  #stretch = 0;
  readonly #tokens: string[] = [];

  /** A stretch begins: who pays in it has paid for nothing yet. */
  begin(): void {
    this.#stretch += 1;
  }

  /** @returns undefined when nothing of this kind is left: a decision's exposure is told once */
  next(name: CallName): Call | undefined {
    this.#count += 1;
    const known = `known-${this.#count % KNOWN_CUSTOMERS}`;
    switch (name) {
      case 'bare_one_row':
      case 'bare_two_rows':
        return { path: `/${name === 'bare_one_row' ? 1 : 2}/${known}`, body: optimize('capped', known).body };
      case 'bare_echo':
        return { path: '/0/', body: optimize('capped', known).body };
      case 'bare_new':
        return { path: `/1/new-${this.#count}`, body: optimize('capped', known).body };
      case 'capped':
      case 'uncapped':
        return optimize(name, known);
      case 'budgeted':
        this.#paid += 1;
        return optimize(name, `paying-${this.#stretch}-${this.#paid % PAYING_CUSTOMERS}`);
      case 'capped_new':
        return optimize('capped', `new-${this.#count}`);
      case 'anonymous':
        return optimize('uncapped');
      case 'feedback':
      case 'feedback_new': {
        const token = this.#tokens.pop();
        return token === undefined
          ? undefined
          : { path: '/v1/feedback', body: JSON.stringify({ token, kind: 'exposure' }), expects: '"accepted":1' };
      }
    }
  }

  /**
   * Decides for so many customers who were never seen, and keeps their tokens for feedback: one event each.
   *
   * @param placement `capped`: their objects are there, with the decision; `uncapped`: the event makes them
   */
  async gather(
    events: number,
    placement: 'capped' | 'uncapped',
    send: (call: Call) => Promise<Answer>,
    clients: number,
  ): Promise<void> {
    let left = events;
    this.#tokens.length = 0;
    const client = async () => {
      while (left > 0) {
        left -= 1;
        this.#count += 1;
        const { text } = await send(optimize(placement, `told-${this.#count}`));
        const { decisions } = JSON.parse(text) as { decisions: { token?: string }[] };
        if (decisions[0]?.token) this.#tokens.push(decisions[0].token);
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
  }
}
