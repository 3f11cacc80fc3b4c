/** Standings of ledgers as answers have them. */
import type { AlertAnswer } from '../../contract/alerts.ts';
import type { Budget, CapacityStanding, Inventory } from '../../contract/ledgers.ts';
import { type LedgerSpec, ledgerKey } from '../../decisioning/limits/ledger-spec.ts';
import type { LedgerStanding } from '../../durable-objects/budget/protocol.ts';
import type { KeptAlert } from '../../durable-objects/publisher/protocol.ts';
import { majorText } from '../edge/money.ts';

/** Alerts that stand beside a ledger; `GET /v1/alerts` has them all. */
const MAX_ALERTS_SHOWN = 10;

/** A ledger, where it stands, and the workspace's alerts, if they could be read. */
export interface Answered {
  readonly spec: LedgerSpec;
  readonly standing: LedgerStanding;
  readonly alerts: readonly KeptAlert[] | undefined;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** What an alert's answer says beside what is kept: the workspace's currency, and names of keys by id. */
interface AlertWords {
  readonly currency?: string | undefined;
  readonly names?: ReadonlyMap<string, string>;
}

/** An alert as answers have it. */
export function alertAnswer(
  { id, kind, subject, raisedAtMs, detail, acknowledged }: KeptAlert,
  { currency, names }: AlertWords = {},
): AlertAnswer {
  const byName = acknowledged && names?.get(acknowledged.actor);
  return {
    id,
    kind,
    subject,
    raisedAt: isoOf(raisedAtMs),
    detail: { ...detail },
    ...(currency && subject.startsWith(ledgerKey('pool', '')) && { currency }),
    acknowledged: acknowledged && {
      at: isoOf(acknowledged.atMs),
      by: acknowledged.actor,
      ...(byName && { byName }),
    },
  };
}

/** The accounts, in whatever units are told in. */
function accountsIn<T>({ spec, standing }: Answered, told: (units: number) => T) {
  const { total, posted, pending, leased, remaining, planned, uncharged } = standing;
  return {
    total: told(total),
    configured: told(spec.total),
    posted: told(posted),
    pending: told(pending),
    leased: told(leased),
    remaining: told(remaining),
    // Plans are curves: a hundredth of a cent helps nobody.
    planned: planned === null ? null : told(Math.round(planned)),
    uncharged: told(uncharged),
  };
}

function commonOf({ spec, standing, alerts }: Answered) {
  const { period, timeZone, startsAtMs, endsAtMs, pacing } = spec;
  const { total, posted, pending, leased, planned, price, holders, asOfMs } = standing;
  const about = alerts?.filter(({ subject }) => subject === spec.key).slice(0, MAX_ALERTS_SHOWN);
  return {
    period,
    day: period === 'day' ? standing.period : null,
    timeZone,
    start: startsAtMs === null ? null : isoOf(startsAtMs),
    end: endsAtMs === null ? null : isoOf(endsAtMs),
    pacing: pacing.mode,
    spentShare: total === 0 ? null : posted / total,
    aheadShare: planned === null || total === 0 ? null : (posted + pending + leased - planned) / total,
    price,
    holders,
    ...(about && { alerts: about.map((one) => alertAnswer(one)) }),
    asOf: isoOf(asOfMs),
  };
}

/** Kind and id of a ledger, from its key. */
export function ledgerIdOf(key: string): { readonly kind: string; readonly id: string } {
  const at = key.indexOf(':');
  return { kind: key.slice(0, at), id: key.slice(at + 1) };
}

/** A pool's money. */
export function budgetAnswer(answered: Answered, currency: string): Budget {
  const { spec } = answered;
  const { id } = ledgerIdOf(spec.key);
  const money = (minor: number) => ({ minor, amount: majorText(minor, currency) });
  return { pool: id, name: spec.name ?? id, currency, ...accountsIn(answered, money), ...commonOf(answered) };
}

const plain = (units: number): number => units;

/** A stock's things. */
export function inventoryAnswer(answered: Answered): Inventory {
  const { spec } = answered;
  const { id } = ledgerIdOf(spec.key);
  return { stock: id, name: spec.name ?? id, ...accountsIn(answered, plain), ...commonOf(answered) };
}

/** A channel's or a campaign's contacts of the day. */
export function capacityAnswer(answered: Answered): CapacityStanding {
  const { spec } = answered;
  const { kind, id } = ledgerIdOf(spec.key);
  const of = kind === 'campaign' ? 'campaign' : 'channel';
  return { of, id, name: spec.name ?? id, ...accountsIn(answered, plain), ...commonOf(answered) };
}
