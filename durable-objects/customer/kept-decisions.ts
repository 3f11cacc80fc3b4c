/**
 * A customer's decisions in memory, with what each new one asks of those before it kept up to date. Looking through all of them would make whoever was
 * decided for most often the slowest.
 */
import type { CapScope } from '../../decisioning/limits/touches.ts';
import { isOpen } from './claims.ts';
import { SESSION_IDLE_MS } from './limits.ts';
import type { StoredDecision } from './protocol.ts';
import { TouchCounts } from './touch-counts.ts';

/** Decisions that follow each other without a pause of {@link SESSION_IDLE_MS}, up to the last one. */
export interface Stretch {
  readonly startMs: number;
  readonly lastMs: number;
}

/** Nobody's. */
const NEVER: Stretch = { startMs: Number.NEGATIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY };

/** One campaign's decisions. */
interface OfCampaign {
  readonly decisions: Map<string, StoredDecision>;
  /** No assignment among them is kept for longer. */
  stickyUntilMs: number;
}

/** By decision id, in order of time but for what clients and devices brought late. */
export class KeptDecisions extends Map<string, StoredDecision> {
  readonly #byCampaign = new Map<string, OfCampaign>();
  readonly #touches = new TouchCounts();
  readonly #open = new Map<string, StoredDecision>();
  /** Undefined where it is not known: it is made anew when it is next asked for. */
  #stretch: Stretch | undefined = NEVER;

  override set(id: string, decision: StoredDecision): this {
    const before = this.get(id);
    if (before) this.#replace(id, before, decision);
    else this.#stretch = this.#stretchWith(decision.record.atMs);
    this.#join(id, decision);
    this.#touches.put(id, decision);
    if (isOpen(decision)) this.#open.set(id, decision);
    return super.set(id, decision);
  }

  override delete(id: string): boolean {
    const before = this.get(id);
    if (!before) return false;
    this.#leave(id, before);
    // What came before the session says nothing of it.
    if (this.#stretch && before.record.atMs >= this.#stretch.startMs) this.#stretch = undefined;
    return super.delete(id);
  }

  override clear(): void {
    this.#byCampaign.clear();
    this.#touches.clear();
    this.#open.clear();
    this.#stretch = NEVER;
    super.clear();
  }

  /** Decisions of a campaign whose assignment may be alive at a moment; none where that of none can be. */
  assignedIn(campaignId: string, nowMs: number): Iterable<StoredDecision> {
    const own = this.#byCampaign.get(campaignId);
    return own && own.stickyUntilMs > nowMs ? own.decisions.values() : [];
  }

  /** Used + pending touches of a scope in the window (nowMs − windowMs, nowMs], as far as decisions tell. */
  countTouches(scope: CapScope, windowMs: number, nowMs: number): number {
    return this.#touches.count(scope, windowMs, nowMs);
  }

  /** Those whose claims wait for what becomes of them. */
  get open(): ReadonlyMap<string, StoredDecision> {
    return this.#open;
  }

  /** The last stretch; of nobody's decisions one that is over. */
  get stretch(): Stretch {
    this.#stretch ??= stretchUntil(this.values(), Number.POSITIVE_INFINITY);
    return this.#stretch;
  }

  /** What became of a decision leaves its record as it is; another one under the same id is another decision. */
  #replace(id: string, before: StoredDecision, decision: StoredDecision): void {
    this.#open.delete(id);
    if (before.record === decision.record) return;
    this.#leave(id, before);
    this.#stretch = undefined;
  }

  #join(id: string, decision: StoredDecision): void {
    const { campaignId, stickyUntilMs } = decision.record;
    const own = this.#byCampaign.get(campaignId);
    if (!own) {
      this.#byCampaign.set(campaignId, { decisions: new Map([[id, decision]]), stickyUntilMs });
      return;
    }
    own.decisions.set(id, decision);
    if (stickyUntilMs > own.stickyUntilMs) own.stickyUntilMs = stickyUntilMs;
  }

  #leave(id: string, decision: StoredDecision): void {
    const { campaignId } = decision.record;
    const own = this.#byCampaign.get(campaignId);
    own?.decisions.delete(id);
    if (own?.decisions.size === 0) this.#byCampaign.delete(campaignId);
    this.#touches.drop(id, decision);
    this.#open.delete(id);
  }

  #stretchWith(atMs: number): Stretch | undefined {
    const stretch = this.#stretch;
    if (!stretch || atMs < stretch.lastMs) return undefined;
    return { startMs: atMs - stretch.lastMs > SESSION_IDLE_MS ? atMs : stretch.startMs, lastMs: atMs };
  }
}

/** The last stretch of decisions, those after a moment taken to be made then. */
export function stretchUntil(decisions: Iterable<StoredDecision>, nowMs: number): Stretch {
  const times = Array.from(decisions, ({ record }) => Math.min(record.atMs, nowMs)).sort((one, other) => one - other);
  let { startMs, lastMs } = NEVER;
  for (const atMs of times) {
    if (atMs - lastMs > SESSION_IDLE_MS) startMs = atMs;
    lastMs = atMs;
  }
  return { startMs, lastMs };
}
