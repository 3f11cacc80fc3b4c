/** Which configuration a ledger goes by: that of the highest revision it has heard of, and what lasts on of those before. */
import { CLAIM_LIFE_MS } from '../../decisioning/limits/lease.ts';
import type { LedgerSpec } from '../../decisioning/limits/ledger-spec.ts';
import { type CarriedDay, carriedFrom } from '../../decisioning/limits/windows.ts';
import { alertThresholds } from './alerts.ts';
import type { Book } from './book.ts';
import { checkSame } from './check.ts';
import type { LedgerAddress } from './protocol.ts';
import { postponeClosing } from './rows.ts';

/** Requests that began with the configuration before, and claim by it, are over as long after it was replaced. */
export const LONGER_LIFE_KEPT_MS = 3_600_000;

/** A configuration as it is kept. */
export interface AdoptedSpec extends LedgerSpec {
  /** The day that was under way when clocks were changed. */
  readonly carried?: CarriedDay;
  /** Claims lived longer before: leases wait for that until then. */
  readonly lived?: { readonly claimLifeMs: number; readonly untilMs: number };
}

function lifeOf({ claimLifeMs }: LedgerSpec): number {
  return claimLifeMs ?? CLAIM_LIFE_MS;
}

/** How long the claims of a lease that is taken now can be pending, also where its worker or a request there has another configuration. */
export function longestLifeMs(spec: AdoptedSpec, told: LedgerSpec, nowMs: number): number {
  const lived = spec.lived && nowMs < spec.lived.untilMs ? spec.lived.claimLifeMs : 0;
  return Math.max(lifeOf(spec), lifeOf(told), lived);
}

/** What `told` becomes behind `known`. */
function following(known: AdoptedSpec | null, told: LedgerSpec, nowMs: number): AdoptedSpec {
  if (!known) return told;
  const isOtherDay = known.period === 'day' && (told.period !== 'day' || told.timeZone !== known.timeZone);
  const carried = isOtherDay ? carriedFrom(known, nowMs, known.carried) : known.carried;
  const before = longestLifeMs(known, known, nowMs);
  const isShorter = lifeOf(told) < lifeOf(known);
  const lived = isShorter ? { claimLifeMs: before, untilMs: nowMs + LONGER_LIFE_KEPT_MS } : known.lived;
  return { ...told, ...(carried && { carried }), ...(lived && { lived }) };
}

/** The configuration of the highest revision that was heard of, told now or before; nothing is kept of it. */
export function latestOf({ ledger, nowMs }: Book, told: LedgerSpec, revision: number): AdoptedSpec {
  return ledger?.spec && ledger.revision >= revision ? ledger.spec : following(ledger?.spec ?? null, told, nowMs);
}

/** Goes by what a call tells from now on, if it is newer. */
export function adopt(book: Book, { workspaceId, spec: told, revision }: LedgerAddress): AdoptedSpec {
  if (book.ledger) checkSame(book.ledger, { workspaceId, key: told.key });
  const { ledger } = book;
  if (ledger && revision <= ledger.revision) return latestOf(book, told, revision);
  const spec = following(ledger?.spec ?? null, told, book.nowMs);
  const longerMs = lifeOf(told) - (ledger?.spec ? lifeOf(ledger.spec) : CLAIM_LIFE_MS);
  // Workers may have heard of it before, and made claims that live that long from leases they had.
  if (ledger?.spec && longerMs > 0) postponeClosing(book.sql, longerMs);
  book.setLedger({ workspaceId, key: told.key, revision, spec });
  // Accounts that need not change are told of, too: a share of another total is spent.
  alertThresholds(book, book.window().id);
  return spec;
}
