/** Alerts as people read them. */
import type { AlertAnswer, AlertKind } from '../../contract/alerts.ts';
import { momentText, shareText, whole } from '../performance/figures.ts';
import { paint } from '../terminal.ts';

const WORDS: Readonly<Record<AlertKind, string>> = {
  ledger_threshold: 'spent',
  ledger_uncharged: 'not charged',
  clock_ahead: 'time stands still',
  feedback_anomaly: 'unusual feedback',
  model_breach: 'a model broke its bounds',
  model_retraining: 'a model is due for training',
};

/** The newest first, an empty text where there are none. */
export function formatAlerts(alerts: readonly AlertAnswer[]): string {
  return alerts.map((one) => `${linesOf(one).join('\n')}\n\n`).join('');
}

function linesOf({ id, kind, subject, raisedAt, detail, currency, acknowledged }: AlertAnswer): string[] {
  const seen = acknowledged
    ? `, acknowledged ${momentText(acknowledged.at)} by ${acknowledged.byName ?? acknowledged.by}`
    : '';
  const head = `${paint(acknowledged ? 'gray' : 'yellow', acknowledged ? '✓' : '!')} ${paint('bold', subject)}`;
  return [
    `${head}  ${told(kind, detail, unitsOf(subject, currency))}`,
    `    ${momentText(raisedAt)}${seen}`,
    paint('gray', `    ${id}`),
  ];
}

/** Amounts as the table of budgets has them; in minor units where the answer does not say of which currency. */
function unitsOf(subject: string, currency: string | undefined): Units {
  if (currency === undefined) return { figure: whole, name: subject.startsWith('pool:') ? ' minor units' : '' };
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
  const places = format.resolvedOptions().maximumFractionDigits ?? 2;
  const plain = new Intl.NumberFormat('en', { minimumFractionDigits: places, maximumFractionDigits: places });
  return { figure: (minor) => plain.format(minor / 10 ** places), name: ` ${currency}` };
}

interface Units {
  readonly figure: (units: number) => string;
  readonly name: string;
}

/** Figures of a ledger's alerts that are in its units. */
const IN_UNITS: readonly string[] = ['posted', 'total', 'remaining', 'uncharged', 'unsettled'];

function told(kind: AlertKind, detail: AlertAnswer['detail'], units: Units): string {
  const { share, posted, total, period, version, words } = detail;
  if (kind.startsWith('model_') && typeof words === 'string') return `${WORDS[kind]}, version ${version}: ${words}`;
  const day = typeof period === 'string' && period !== 'once' ? ` on ${period}` : '';
  if (
    kind === 'ledger_threshold' &&
    typeof share === 'number' &&
    typeof posted === 'number' &&
    typeof total === 'number'
  )
    // What is spent, not the share that was passed: the two are far apart when the total was lowered.
    return `${shareText(posted / total)} spent${day}: ${units.figure(posted)} of ${units.figure(total)}${units.name}`;
  const isOfLedger = kind === 'ledger_uncharged';
  const rest = Object.entries(detail).flatMap(([name, value]) => {
    if (isOfLedger && name === 'period') return [];
    if (typeof value !== 'number') return [`${name} ${value}`];
    return [
      isOfLedger && IN_UNITS.includes(name)
        ? `${name} ${units.figure(value)}${units.name}`
        : `${name} ${figure(value)}`,
    ];
  });
  return [`${WORDS[kind]}${isOfLedger ? day : ''}`, rest.join(', ')].filter((part) => part !== '').join(': ');
}

function figure(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: Math.abs(value) >= 1_000 ? 15 : 3 });
}
