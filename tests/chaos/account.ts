/** What a client was promised: every event it sent, and whether it was acknowledged. The server's statistics are held against it. */

export type EventKind = 'exposure' | 'goal';

/** Figures of one campaign. */
export interface Figures {
  readonly exposures: number;
  readonly conversions: number;
}

/** Of a campaign: what must be counted, and what may be. */
export interface Promised {
  /** Acknowledged: must be counted, once. */
  readonly least: Figures;
  /** With everything that was sent and never acknowledged: may be counted, once. */
  readonly most: Figures;
}

interface Sent {
  readonly campaign: string;
  readonly kind: EventKind;
  acknowledged: boolean;
}

/** The client's books. */
export class Account {
  readonly #events = new Map<string, Sent>();
  /** customer → ids of decisions of the capped campaign that were told. */
  readonly #granted = new Map<string, Set<string>>();
  #acknowledged = 0;
  /** Events sent again after they had been acknowledged. */
  repeated = 0;

  /** Events that were acknowledged, each once. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** An event is about to be sent. */
  send(decisionId: string, kind: EventKind, campaign: string): void {
    const key = `${decisionId} ${kind}`;
    if (!this.#events.has(key)) this.#events.set(key, { campaign, kind, acknowledged: false });
  }

  /** The server said that it has it. */
  acknowledge(decisionId: string, kind: EventKind): void {
    const event = this.#events.get(`${decisionId} ${kind}`);
    if (!event) throw new Error(`${decisionId} ${kind} was acknowledged and never sent`);
    if (event.acknowledged) this.repeated += 1;
    else this.#acknowledged += 1;
    event.acknowledged = true;
  }

  /** The server told a decision of a campaign with a cap. */
  grant(customer: string, decisionId: string): void {
    this.#granted.set(customer, (this.#granted.get(customer) ?? new Set()).add(decisionId));
  }

  /** The most decisions of the capped campaign that any customer was told. */
  mostGranted(): number {
    return Math.max(0, ...[...this.#granted.values()].map((ids) => ids.size));
  }

  /** What must and what may be counted of a campaign. */
  promised(campaign: string): Promised {
    const count = (kind: EventKind, sure: boolean): number =>
      [...this.#events.values()].filter(
        (event) => event.campaign === campaign && event.kind === kind && (event.acknowledged || !sure),
      ).length;
    return {
      least: { exposures: count('exposure', true), conversions: count('goal', true) },
      most: { exposures: count('exposure', false), conversions: count('goal', false) },
    };
  }
}
