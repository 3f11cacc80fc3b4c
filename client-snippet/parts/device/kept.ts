/** The bundle that decisions are made with, for as long as it lives: in memory, and with consent for the other pages of the session. */
import type { DeviceBundle } from '../../../decisioning/device/bundle.ts';
import type { Content } from '../../lib/wire.ts';

/** The answer of `POST /v1/device/bundle`; nobody has checked it. */
export interface BundleAnswer {
  readonly bundle: { readonly signed: string; readonly signature: string };
  readonly lifeMs: number;
  readonly customer: { readonly anonymousId?: string };
  readonly contents: Record<string, { default: Content | null; arms: Record<string, Record<string, Content>> }>;
  /** Placements that are asked for as ever. */
  readonly others: Record<string, string>;
}

export interface Kept {
  readonly answer: BundleAnswer;
  readonly bundle: DeviceBundle;
  /** Consent and ids that it was given for. */
  readonly who: string;
  /** By this device's clock, which only measures how long ago that was. */
  readonly atMs: number;
}

const NAME = 'hyperedge-device';
/** What is decided with. */
export let kept: Kept | undefined;

/** Takes up the bundle that an earlier page kept. One that has expired, or was given for other consent or ids, is let go. */
export const keptFor = (who: string): void => {
  try {
    kept ??= JSON.parse(sessionStorage[NAME]);
  } catch {}
  const ageMs = Date.now() - (kept?.atMs as number);
  if (kept && (kept.who !== who || !(ageMs >= 0 && ageMs < kept.answer.lifeMs))) forget();
};

/** Keeps one, in storage only where it may be. */
export const keep = (next: Kept, mayStore: boolean): void => {
  kept = next;
  if (mayStore)
    try {
      sessionStorage[NAME] = JSON.stringify(next);
    } catch {} // full, or forbidden: for this page alone
};

/** Lets it go, here and in storage. */
export const forget = (): void => {
  kept = undefined;
  try {
    sessionStorage.removeItem(NAME);
  } catch {}
};
