/** What a soak asks: pages and servers that decide, tell and read, each kind of call by its share. */
import type { OptimizeResponse } from '../../contract/decisions.ts';
import type { EventsResponse } from '../../contract/events.ts';
import type { Random } from '../../decisioning/random.ts';
import type { Book, Event, Sender } from './book.ts';
import type { Answer, Server } from './server.ts';

export const CAMPAIGNS = ['plain', 'capped', 'paid'] as const;
export const POOL = 'pot';
const COST_MINOR = 1;
const POOL_MINOR = 1_000_000_000;

/** Shares of the calls; the rest is feedback. */
const SHARES = { page: 0.35, known: 0.3, events: 0.04, admin: 0.05 } as const;
/** Of what was decided, so much is seen; of that, so much reaches its goal. */
const SEEN_SHARE = 0.7;
const GOAL_SHARE = 0.3;
/** Of page decisions, those of visitors who come back. */
const RETURNING_SHARE = 0.4;
const MAX_RETURNING = 300;
/** Decisions whose events are told in one request. */
const BATCH = 15;
/** Known customers come for three minutes and go: those who are about stay as many, however long it takes. */
const COHORT_MS = 60_000;
const COHORTS = 3;
const COHORT_CUSTOMERS = 100;
const ADMIN_READS = [
  '/healthz',
  '/v1/campaigns',
  '/v1/campaigns/plain/performance?hours=24',
  '/v1/campaigns/capped/learning',
  '/v1/budgets',
  '/v1/switches',
  '/v1/audit?limit=20',
] as const;

const campaign = (id: string, more: object, costMinor = 0, edition = 0) => ({
  ...{ kind: 'campaign', id, name: id, placements: [id], objective: { goal: 'click' } },
  // Every decision is a trial of its own: figures can be compared event by event.
  ...{ sticky: { mode: 'none' }, caps: [] },
  arms: ['a', 'b', 'c'].map((arm) => ({ id: arm, content: { text: `${arm} ${edition}` }, costMinor })),
  ...more,
});

/** Documents to publish; another edition has other content. */
const documentsOf = (edition: number): object[] => [
  ...CAMPAIGNS.map((id) => ({ kind: 'placement', id, name: id })),
  { kind: 'pool', id: POOL, name: 'Pot', totalMinor: POOL_MINOR },
  campaign('plain', {}, 0, edition),
  campaign('capped', { caps: [{ max: 10_000, per: '7d' }] }, 0, edition),
  campaign('paid', { pool: POOL }, COST_MINOR, edition),
];

/** Sends calls and keeps the book of what came of them. */
export class Traffic {
  readonly #server: Server;
  readonly #book: Book;
  readonly #random: Random;
  readonly #returning: string[] = [];
  /** Answers by kind of call and status; 0 stands for none. */
  readonly answers: Record<string, number> = {};
  /** Events that were refused, by reason: none is expected. */
  readonly refused: Record<string, number> = {};

  constructor(server: Server, book: Book, random: Random) {
    this.#server = server;
    this.#book = book;
    this.#random = random;
  }

  /** One call of whichever kind comes next. */
  async next(nowMs: number): Promise<void> {
    const drawn = this.#random.next();
    const { page, known, events, admin } = SHARES;
    if (drawn < page) return this.#decide('page', this.#visitor());
    if (drawn < page + known) return this.#decide('server', { customer: { id: this.#customer(nowMs) } });
    if (drawn < page + known + events) return this.#behave(nowMs);
    if (drawn < page + known + events + admin) return this.#read();
    return this.tell(this.#random.next() < 0.5 ? 'page' : 'server');
  }

  async push(edition: number): Promise<Answer> {
    return this.#ask('push', 'server', 'POST', '/v1/push', { documents: documentsOf(edition) });
  }

  /** Tells the next batch of one sender; what is not acknowledged is told again. */
  async tell(sender: Sender): Promise<void> {
    const events = this.#book.take(sender, BATCH);
    if (events.length === 0) return;
    const told = events.map(({ token, kind }) => ({ token, kind, ...(kind === 'goal' && { goal: 'click' }) }));
    const answer = await this.#ask('feedback', sender, 'POST', '/v1/feedback', { events: told });
    if (answer.status !== 200 && answer.status !== 202) return this.#book.putBack(sender, events);
    const { results } = answer.body as EventsResponse;
    this.#book.putBack(sender, this.#settle(events, results));
  }

  /** @returns what is to be told again */
  #settle(events: readonly Event[], results: EventsResponse['results']): Event[] {
    const byIndex = new Map(results.map((result) => [result.index, result]));
    return events.filter((event, index) => {
      const { status, reason = 'none' } = byIndex.get(index) ?? {};
      if (status === 'accepted' || status === 'duplicate') {
        this.#book.acknowledge(event, status);
        return false;
      }
      if (reason === 'unavailable') return true;
      this.refused[reason] = (this.refused[reason] ?? 0) + 1;
      return false;
    });
  }

  async #decide(sender: Sender, who: object): Promise<void> {
    const placements = [CAMPAIGNS[Math.floor(this.#random.next() * CAMPAIGNS.length)]!];
    const kind = sender === 'page' ? 'page' : 'known';
    const { status, body } = await this.#ask(kind, sender, 'POST', '/v1/optimize', { placements, ...who });
    if (status !== 200) return;
    const { decisions, customer, degraded } = body as OptimizeResponse;
    if (degraded) this.#count(`${kind} default`);
    if (customer.anonymousId && this.#random.next() < RETURNING_SHARE) {
      this.#returning.push(customer.anonymousId);
      if (this.#returning.length > MAX_RETURNING) this.#returning.shift();
    }
    for (const { token, campaign: id } of decisions) {
      if (token === undefined || id === undefined || this.#random.next() >= SEEN_SHARE) continue;
      const seen = { campaign: id, token, kind: 'exposure' as const };
      this.#book.plan(sender, this.#random.next() < GOAL_SHARE ? [seen, { ...seen, kind: 'goal' as const }] : [seen]);
    }
  }

  #visitor(): object {
    const known = this.#returning[Math.floor(this.#random.next() * this.#returning.length)];
    const isBack = known !== undefined && this.#random.next() < RETURNING_SHARE;
    return { consent: 'granted', ...(isBack && { customer: { anonymousId: known } }) };
  }

  #customer(nowMs: number): string {
    const cohort = Math.floor(nowMs / COHORT_MS) - Math.floor(this.#random.next() * COHORTS);
    return `customer-${cohort}-${Math.floor(this.#random.next() * COHORT_CUSTOMERS)}`;
  }

  async #behave(nowMs: number): Promise<void> {
    const events = [{ kind: 'behaviour', name: 'looked' }];
    await this.#ask('events', 'server', 'POST', '/v1/events', { customer: { id: this.#customer(nowMs) }, events });
  }

  async #read(): Promise<void> {
    const path = ADMIN_READS[Math.floor(this.#random.next() * ADMIN_READS.length)]!;
    await this.#ask('admin', 'server', 'GET', path);
  }

  async #ask(kind: string, sender: Sender, method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.#server.ask(sender, method, path, body);
    this.#count(`${kind} ${answer.status}`);
    return answer;
  }

  #count(name: string): void {
    this.answers[name] = (this.answers[name] ?? 0) + 1;
  }
}
