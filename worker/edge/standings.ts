/** What customers' objects told of consent a moment ago: decisions that leave no mark read nothing else of them, and go by it for as long. */
import type { Standing } from '../../durable-objects/customer/protocol.ts';
import { isOfAnotherClock } from '../http/deadline.ts';

/** How long an isolate goes by it: a no that reached the object through another one holds here after that. As long as a switch may take. */
export const STANDING_MS = 5_000;
/** Customers at a time, some hundred bytes each: more than one isolate serves within that time. */
export const MAX_STANDINGS = 10_000;

interface Kept {
  /** Absent: something changed it, and nothing was told since. */
  readonly standing?: Standing;
  readonly atMs: number;
}

/** By object name, oldest first. Names are hashes. */
const standings = new Map<string, Kept>();

/** When somebody was changed of whom no more is known here. */
let changedAtMs = 0;

function keep(name: string, kept: Kept): void {
  standings.delete(name);
  if (standings.size >= MAX_STANDINGS) {
    const oldest = standings.keys().next();
    if (!oldest.done) standings.delete(oldest.value);
  }
  standings.set(name, kept);
}

/** Keeps what an object told, unless it was asked before the last change that went through here. @param atMs when it was asked: it may have answered at once */
export function rememberStanding(name: string, standing: Standing, atMs: number): void {
  const before = standings.get(name);
  if (atMs <= changedAtMs) return;
  if (before === undefined || before.standing !== undefined || before.atMs < atMs) keep(name, { standing, atMs });
}

/** What was told of a customer, while it may be gone by. */
export function recentStanding(name: string, nowMs: number): Standing | undefined {
  const kept = standings.get(name);
  if (!kept || isOfAnotherClock(kept.atMs, nowMs)) return undefined;
  return nowMs < kept.atMs + STANDING_MS ? kept.standing : undefined;
}

/** To be told once something was changed through this isolate: what the object told before is not gone by any more. */
export function forgetStanding(name: string): void {
  keep(name, { atMs: Date.now() });
}

/** To be told once somebody was changed who is not known here by name. */
export function forgetAllStandings(): void {
  standings.clear();
  changedAtMs = Date.now();
}

/** Forgets everybody, as a new isolate would have it. */
export function forgetStandings(): void {
  standings.clear();
  changedAtMs = 0;
}
