/** What was told to the server and acknowledged, campaign by campaign: what it must have counted once it has settled. */

/** Figures of one campaign. */
export interface Told {
  readonly exposures: number;
  readonly conversions: number;
}

/** An event of a decision. */
export interface Event {
  readonly campaign: string;
  readonly token: string;
  readonly kind: 'exposure' | 'goal';
}

export const SENDERS = ['page', 'server'] as const;
/** Who asked for a decision, and tells of it: a page or a server. */
export type Sender = (typeof SENDERS)[number];

/** Decisions whose events wait to be told; beyond it the traffic is not told fast enough, and the soak says so. */
const MAX_WAITING = 20_000;

export class Book {
  /** Decision by decision: a goal goes behind its exposure, in one request. */
  readonly #waiting: Record<Sender, (readonly Event[])[]> = { page: [], server: [] };
  readonly #told = new Map<string, { exposures: number; conversions: number }>();
  /** Each event once: what is told again until it is acknowledged counts when it is. */
  acknowledged = 0;
  repeated = 0;

  /** Remembers the events of one decision. @throws Error when too many wait */
  plan(sender: Sender, events: readonly Event[]): void {
    this.#waiting[sender].push(events);
    if (this.waiting > MAX_WAITING) throw new Error(`the events of more than ${MAX_WAITING} decisions wait to be told`);
  }

  /** The events of the next decisions of one sender, taken out: at most so many decisions. */
  take(sender: Sender, most: number): Event[] {
    return this.#waiting[sender].splice(0, most).flat();
  }

  /** Events whose fate is unknown: they are told again before all others, decision by decision as before. */
  putBack(sender: Sender, events: readonly Event[]): void {
    const byToken = Map.groupBy(events, ({ token }) => token);
    this.#waiting[sender].unshift(...byToken.values());
  }

  /** The server said that it has it, now (`accepted`) or before (`duplicate`: the first answer was lost). */
  acknowledge({ campaign, kind }: Event, status: 'accepted' | 'duplicate'): void {
    const sums = this.#told.get(campaign) ?? { exposures: 0, conversions: 0 };
    if (kind === 'exposure') sums.exposures += 1;
    else sums.conversions += 1;
    this.#told.set(campaign, sums);
    this.acknowledged += 1;
    if (status === 'duplicate') this.repeated += 1;
  }

  /** Decisions with events that wait, of both senders. */
  get waiting(): number {
    return SENDERS.reduce((sum, sender) => sum + this.#waiting[sender].length, 0);
  }

  /** What was acknowledged by now. */
  told(campaign: string): Told {
    return { ...(this.#told.get(campaign) ?? { exposures: 0, conversions: 0 }) };
  }
}
