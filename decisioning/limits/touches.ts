/**
 * Touches against caps. A claim reserves a touch until it is confirmed by an exposure or expires; rolling windows, not counters that
 * never reset.
 */

/** A contact, pending or confirmed; times in milliseconds since the epoch. */
export interface Touch {
  readonly campaignId: string;
  readonly channel: string;
  readonly countsTowardGlobal: boolean;
  /** Time of the exposure, or of the claim while it is pending. */
  readonly atMs: number;
  /** How many contacts this stands for; 1 when absent. Old ones are kept by the day, as of its latest. */
  readonly count?: number;
  /** When a pending claim lapses; null once confirmed. */
  readonly pendingUntilMs: number | null;
}

/** Which touches a cap counts. */
export type CapScope =
  | { readonly kind: 'campaign'; readonly id: string }
  | { readonly kind: 'channel'; readonly id: string }
  | { readonly kind: 'global' };

/** A scope as text: the key under which receipts remember it. */
export function scopeKey(scope: CapScope): string {
  return scope.kind === 'global' ? 'global' : `${scope.kind}:${scope.id}`;
}

/** Whether a touch counts against caps of this scope. */
export function inScope(touch: Pick<Touch, 'campaignId' | 'channel' | 'countsTowardGlobal'>, scope: CapScope): boolean {
  if (scope.kind === 'campaign') return touch.campaignId === scope.id;
  if (scope.kind === 'channel') return touch.channel === scope.id;
  return touch.countsTowardGlobal;
}

/** Used + pending touches of a scope in the window (now − windowMs, now]; a pending claim counts however old it is. */
export function countTouches(touches: Iterable<Touch>, scope: CapScope, windowMs: number, nowMs: number): number {
  let count = 0;
  for (const touch of touches) {
    if (!inScope(touch, scope)) continue;
    if (touch.pendingUntilMs === null ? touch.atMs > nowMs - windowMs : touch.pendingUntilMs > nowMs)
      count += touch.count ?? 1;
  }
  return count;
}

/**
 * Soft fatigue: Σ over confirmed touches of 2^(−age/halfLife) · weight of the channel. Dimensionless, 0 for an untouched customer.
 *
 * @param channelWeights weight by channel id; 1 where none is named.
 */
export function fatiguePressure(
  touches: Iterable<Touch>,
  channelWeights: Readonly<Record<string, number>>,
  halfLifeMs: number,
  nowMs: number,
): number {
  let pressure = 0;
  for (const touch of touches) {
    if (touch.pendingUntilMs !== null) continue;
    const weight = Object.hasOwn(channelWeights, touch.channel) ? (channelWeights[touch.channel] as number) : 1;
    pressure += (touch.count ?? 1) * weight * 2 ** (-Math.max(0, nowMs - touch.atMs) / halfLifeMs);
  }
  return pressure;
}
