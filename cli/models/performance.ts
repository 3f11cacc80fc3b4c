/** How good scores turned out to be: versions side by side, the newest one's calibration, and what moved since training. */
import type { ModelPerformance, ModelVersionPerformance } from '../../contract/models/performance.ts';
import { momentText, NOTHING, shareText, whole } from '../performance/figures.ts';
import { counted, paint, table } from '../terminal.ts';
import { stageText } from './words.ts';

/** Cells of the longest bar of a curve. */
const BAR_CELLS = 24;
/** Trials from which on it is told that something is spread otherwise than in training: ten bins with some twenty each. */
const MIN_DRIFT_TRIALS = 200;
/** Below it nothing moved that is worth a line. */
const NOTABLE_PSI = 0.1;

/** Text of everything; a hint where no trial was scored. */
export function formatModelPerformance({ model, days, versions, alerts, unanswered }: ModelPerformance): string {
  const head = `${paint('bold', model)}  trials of the last ${counted(days, 'day')}`;
  const remarks = [
    ...versions.flatMap(driftLines),
    ...versions
      .filter(({ judged }) => !judged)
      .map(({ version }) => `${version}: no campaign optimises what it predicts, so that outcomes say nothing of it`),
    ...alerts.map(({ raisedAt, words }) => `${momentText(raisedAt)}: ${words}`),
    ...unanswered.map((campaign) => `${campaign} does not answer just now: the figures are without it`),
  ].map((line) => paint('yellow', `  ! ${line}`));
  if (versions.length === 0) return [head, '', `  Nothing was scored for a trial yet.`, ...remarks, ''].join('\n');
  const first = versions.find(({ judged, trials }) => judged && trials > 0);
  return [
    head,
    '',
    figuresTable(versions),
    ...(first ? ['', paint('bold', `  Version ${first.version}: promised, and came`), curveTable(first)] : []),
    ...(remarks.length > 0 ? ['', ...remarks] : []),
    '',
  ].join('\n');
}

function figuresTable(versions: readonly ModelVersionPerformance[]): string {
  const rows = versions.map(({ version, stage, trials, conversions, auc, aucInterval, ece, eceByChance, ...rates }) => [
    `${version} ${stageText({ stage })}`,
    whole(trials),
    whole(conversions),
    digits(auc),
    aucInterval ? `${digits(aucInterval[0])} to ${digits(aucInterval[1])}` : NOTHING,
    digits(ece),
    digits(eceByChance),
    ...[rates.missingRate, rates.brokenRate, rates.lateRate].map((rate) => (rate === null ? NOTHING : shareText(rate))),
  ]);
  const head = [
    'Version',
    'trials',
    'reached',
    'AUC',
    '95 %',
    'calib. error',
    'by chance',
    'missing',
    'broken',
    'late',
  ];
  const [first = '', ...lines] = table([head, ...rows]).split('\n');
  return [paint('bold', first), ...lines].join('\n');
}

const digits = (value: number | null): string => (value === null ? NOTHING : value.toFixed(3));

/** A line a bin that has trials: how many, what the scores said in the mean, what came, drawn. */
function curveTable({ curve }: ModelVersionPerformance): string {
  const bins = curve.filter(({ trials }) => trials > 0);
  const largest = Math.max(...bins.map(({ rate, mean }) => Math.max(rate ?? 0, mean ?? 0)), Number.EPSILON);
  const rows = bins.map(({ trials, mean, rate }) => [
    `${whole(trials)}`,
    mean === null ? NOTHING : shareText(mean),
    rate === null ? NOTHING : shareText(rate),
    barOf((rate ?? 0) / largest, (mean ?? 0) / largest),
  ]);
  return table([['trials', 'promised', 'came', ''], ...rows]);
}

/** What came as a bar, what was promised as a mark in it. */
function barOf(came: number, promised: number): string {
  const cells: string[] = Array.from({ length: BAR_CELLS }, (_, i) => (i < Math.round(came * BAR_CELLS) ? '█' : '·'));
  cells[Math.min(BAR_CELLS - 1, Math.max(0, Math.round(promised * BAR_CELLS) - 1))] = '┃';
  return cells.join('');
}

/** Inputs that moved, the furthest first; a few trials are spread like nothing. */
function driftLines({ version, trials, drift }: ModelVersionPerformance): readonly string[] {
  const moved = drift
    .flatMap(({ input, psi }) => (psi === null || psi < NOTABLE_PSI ? [] : [{ what: input ?? 'the score', psi }]))
    .toSorted((a, b) => b.psi - a.psi)
    .map(({ what, psi }) => `${what} (${psi.toFixed(2)})`);
  if (trials < MIN_DRIFT_TRIALS || moved.length === 0) return [];
  return [`${version}: not spread as in training, by PSI: ${moved.join(', ')}`];
}
