/** A client over HTTP that keeps book of what it was promised, and to which servers die. */
import type { OptimizeResponse } from '../../contract/decisions.ts';
import type { EventsResponse } from '../../contract/events.ts';
import type { PerformanceResponse } from '../../contract/performance.ts';
import type { Account, EventKind } from './account.ts';
import { CAPPED } from './configuration.ts';

/** Between two attempts while nobody listens: a restart takes about a second. */
const RETRY_WAIT_MS = 50;
/** Attempts of a stubborn client: with the wait above, ten minutes of a dead server. */
const MAX_ATTEMPTS = 12_000;
/** An answer that takes longer than this is one that never comes. */
const ANSWER_TIMEOUT_MS = 20_000;
/** Of acknowledged batches, the share that is sent again. */
const REPEATED_SHARE = 0.1;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export interface Visit {
  readonly customer: string;
  readonly requestId: string;
  readonly placements: readonly string[];
  /** Sends everything until it is acknowledged; else gives up at the first failure. */
  readonly stubborn: boolean;
}

interface SentEvent {
  readonly token: string;
  readonly kind: EventKind;
  readonly goal?: string;
  readonly decisionId: string;
}

/** A pool's accounts, in minor units. */
export interface Budget {
  readonly total: number;
  readonly posted: number;
  readonly pending: number;
  readonly leased: number;
  readonly remaining: number;
}

export class Client {
  readonly #url: string;
  readonly #key: string;
  readonly #account: Account;
  readonly #random: () => number;

  constructor(url: string, key: string, account: Account, random: () => number) {
    this.#url = url;
    this.#key = key;
    this.#account = account;
    this.#random = random;
  }

  /** One request; undefined when there is no answer, or none that is a success. */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T | undefined> {
    try {
      const response = await fetch(`${this.#url}${path}`, {
        method,
        headers: { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const answer = (await response.json()) as T;
      if (response.status >= 400 && response.status < 500)
        throw new Refused(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
      return response.ok ? answer : undefined;
    } catch (error) {
      if (error instanceof Refused) throw error;
      return undefined;
    }
  }

  /** Like `ask`, until there is an answer that `counts`. */
  async insist<T>(
    method: string,
    path: string,
    body?: unknown,
    counts: (answer: T) => boolean = () => true,
  ): Promise<T> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const answer = await this.ask<T>(method, path, body);
      if (answer !== undefined && counts(answer)) return answer;
      await wait(RETRY_WAIT_MS);
    }
    throw new Error(`${method} ${path} was never answered`);
  }

  /** Asks for decisions, sees all of their content, and reaches the goal of about half of them. */
  async visit(visit: Visit): Promise<void> {
    const { customer, requestId, placements, stubborn } = visit;
    const body = { requestId, placements, customer: { id: customer } };
    const isDecided = (answer: OptimizeResponse): boolean => answer.degraded !== true;
    const path = '/v1/optimize';
    const answer = stubborn
      ? await this.insist<OptimizeResponse>('POST', path, body, isDecided)
      : await this.ask<OptimizeResponse>('POST', path, body);
    if (!answer || !isDecided(answer)) return;
    const events = answer.decisions.flatMap((decision) => this.#eventsOf(customer, decision));
    await this.#report(events, stubborn);
    if (this.#random() < REPEATED_SHARE) await this.#report(events, stubborn);
  }

  #eventsOf(customer: string, decision: OptimizeResponse['decisions'][number]): SentEvent[] {
    const { token, decisionId, campaign } = decision;
    if (token === undefined || decisionId === undefined || campaign === undefined) return [];
    if (campaign === CAPPED) this.#account.grant(customer, decisionId);
    const exposure: SentEvent = { token, decisionId, kind: 'exposure' };
    const goal: SentEvent = { token, decisionId, kind: 'goal', goal: 'reached' };
    const events = this.#random() < 0.5 ? [exposure, goal] : [exposure];
    for (const { kind } of events) this.#account.send(decisionId, kind, campaign);
    return events;
  }

  /** Sends events; a stubborn client goes on with those that were not taken. */
  async #report(events: readonly SentEvent[], stubborn: boolean): Promise<void> {
    let left = events;
    for (let attempt = 0; left.length > 0 && attempt < MAX_ATTEMPTS; attempt += 1) {
      if (attempt > 0) await wait(RETRY_WAIT_MS);
      const body = { events: left.map(({ decisionId: _, ...event }) => event) };
      const answer = await this.ask<EventsResponse>('POST', '/v1/feedback', body);
      if (answer) left = this.#settle(left, answer);
      if (!stubborn) return;
    }
    if (left.length > 0) throw new Error('events were never acknowledged');
  }

  #settle(events: readonly SentEvent[], answer: EventsResponse): SentEvent[] {
    const results = new Map(answer.results.map((result) => [result.index, result]));
    return events.filter(({ decisionId, kind }, index) => {
      const result = results.get(index);
      if (result?.status === 'accepted' || result?.status === 'duplicate') {
        this.#account.acknowledge(decisionId, kind);
        return false;
      }
      if (result?.reason !== 'unavailable') throw new Refused(`an event was refused: ${result?.reason}`);
      return true;
    });
  }

  /** Where the pool stands, in minor units. */
  async budget(): Promise<Budget> {
    const { items } = await this.insist<{ items: Record<keyof Budget, { minor: number }>[] }>('GET', '/v1/budgets');
    const { total, posted, pending, leased, remaining } = items[0]!;
    return {
      total: total.minor,
      posted: posted.minor,
      pending: pending.minor,
      leased: leased.minor,
      remaining: remaining.minor,
    };
  }

  /** What the server counted of a campaign by now. */
  async counted(campaign: string) {
    const { totals } = await this.insist<PerformanceResponse>('GET', `/v1/campaigns/${campaign}/performance`);
    return { exposures: totals.exposures, trials: totals.trials, conversions: totals.conversions };
  }
}

/** The server refused what it must not refuse. */
class Refused extends Error {}
