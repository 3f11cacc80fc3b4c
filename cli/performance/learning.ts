/** Where a campaign's learning stands, as people read it. */
import type { LearningResponse } from '../../contract/learning.ts';
import { counted, paint } from '../terminal.ts';
import { momentText } from './figures.ts';

type Held = { readonly since: string; readonly cause: 'anomaly' | 'person' };

/** `Learning is held since …`: evidence is counted, and what is shown does not follow it. */
export function heldText({ since, cause }: Held): string {
  const why = cause === 'anomaly' ? 'its feedback is not what it uses to be' : 'by a person';
  return `Learning is held since ${momentText(since)} (${why}): choices stay as they are until it is released.`;
}

/** The answer as text. */
export function formatLearning({ campaign, hold, watch, leftOut }: LearningResponse): string {
  const anomalies = hold?.anomalies ?? [];
  return [
    `${paint('bold', campaign)}  ${hold ? paint('yellow', heldText(hold)) : 'learns from what arrives.'}`,
    ...(hold?.by === undefined ? [] : [`  Held by ${hold.by}.`]),
    ...anomalies.map((one) => {
      const figures = `${figure(one.observed)} where ${figure(one.expected)} is usual`;
      return `  ! ${one.kind} of ${one.part} is ${one.direction}: ${figures}, over ${counted(one.hours, 'hour')}`;
    }),
    `  ${watchText(watch)}`,
    ...leftOut.map(({ from, until }) => `  Left out: exposures from ${momentText(from)} to ${momentText(until)}`),
    ...(hold ? [`  Let it go on: npm run hyperedge -- learning ${campaign} release --keep all (or: before)`] : []),
    '',
  ].join('\n');
}

function watchText(watch: LearningResponse['watch']): string {
  if (!watch) return 'Its feedback is not watched (learning.watch).';
  const known = `${counted(watch.knownHours, 'hour')} known to be usual`;
  const does = watch.hold ? 'holds learning' : 'raises an alert';
  return `Watched with ${watch.sensitivity} sensitivity, ${known}: ${watch.judges ? `what is odd ${does}` : 'too few to judge by yet'}.`;
}

function figure(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}
