/** Alerts as people read them. */
import type { AlertAnswer, AlertKind } from '../../contract/alerts.ts';
import { momentText, shareText, whole } from '../performance/figures.ts';
import { paint } from '../terminal.ts';

const WORDS: Readonly<Record<AlertKind, string>> = {
  ledger_threshold: 'spent',
  ledger_uncharged: 'not charged',
  feedback_anomaly: 'unusual feedback',
};

/** The newest first, an empty text where there are none. */
export function formatAlerts(alerts: readonly AlertAnswer[]): string {
  return alerts.map((one) => `${linesOf(one).join('\n')}\n\n`).join('');
}

function linesOf({ id, kind, subject, raisedAt, detail, acknowledged }: AlertAnswer): string[] {
  const seen = acknowledged ? `, acknowledged ${momentText(acknowledged.at)} by ${acknowledged.by}` : '';
  const head = `${paint(acknowledged ? 'gray' : 'yellow', acknowledged ? '✓' : '!')} ${paint('bold', subject)}`;
  return [`${head}  ${told(kind, subject, detail)}`, `    ${momentText(raisedAt)}${seen}`, paint('gray', `    ${id}`)];
}

function told(kind: AlertKind, subject: string, detail: AlertAnswer['detail']): string {
  const { share, posted, total, period } = detail;
  if (
    kind === 'ledger_threshold' &&
    typeof share === 'number' &&
    typeof posted === 'number' &&
    typeof total === 'number'
  ) {
    const unit = subject.startsWith('pool:') ? ' minor units' : '';
    const day = typeof period === 'string' && period !== 'once' ? ` on ${period}` : '';
    return `${shareText(share)} spent${day}: ${whole(posted)} of ${whole(total)}${unit}`;
  }
  const rest = Object.entries(detail).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? figure(value) : value}`,
  );
  return [WORDS[kind], rest.join(', ')].filter((part) => part !== '').join(': ');
}

function figure(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: Math.abs(value) >= 1_000 ? 15 : 3 });
}
