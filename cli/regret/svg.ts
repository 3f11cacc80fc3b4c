/** Regret curves as a picture that stands alone: readable on light and dark pages and on phones, no scripts, no fonts of its own. */
import type { Regret } from './bandit.ts';

/** Of a picture, in its own units: a phone shows it at three quarters, and text of 14 is still read there. */
const WIDTH = 460;
const PLOT = { top: 62, bottom: 292, right: WIDTH - 8 } as const;
/** Told apart by people who see red and green alike, and 3 : 1 or more from white and from night blue. After the last they begin anew, dashed. */
const COLOURS = ['#2b7fc4', '#d55e00', '#009e73', '#c0629a', '#b8860b', '#808080', '#8c6bb1', '#a0522d'] as const;
const TEXT = 15;
const SMALL = 14;
/** Width of a character at most, as a share of the text's size: names are cut where they would leave the picture. */
const CHARACTER = 0.58;
/** Between names below the plot: one line of text. */
const LINE_PX = 24;
/** Where names begin: right of their stroke. */
const NAME_X = 40;
const GRID_LINES = 4;

/** What stands around the curves. */
export interface Captions {
  /** Of the picture. */
  readonly title: string;
  /** What is lost, in the plural; the vertical axis is named by it. */
  readonly lost: string;
  /** Of the horizon; the name of the horizontal axis. */
  readonly unit: string;
}

/**
 * @param regrets curves of equal length over the same horizon; they are named below the plot in the order of their ends, each with its mean.
 * @param horizon what the last point stands for, in `captions.unit`.
 */
export function regretSvg(regrets: readonly Regret[], horizon: number, { title, lost, unit }: Captions): string {
  const most = roundUp(Math.max(...regrets.flatMap(({ curve }) => curve)));
  const ticks = Array.from({ length: GRID_LINES + 1 }, (_, i) => (i * most) / GRID_LINES);
  const left = 12 + Math.max(...ticks.map((value) => widthOf(numberOf(value), SMALL)));
  const x = (share: number) => (left + share * (PLOT.right - left)).toFixed(1);
  const y = (regret: number) => (PLOT.bottom - (regret / most) * (PLOT.bottom - PLOT.top)).toFixed(1);
  const grid = ticks.map(
    (value) =>
      `<path d="M${x(0)} ${y(value)}H${PLOT.right}" stroke="currentColor" stroke-opacity=".2"/>` +
      words(left - 8, y(value), numberOf(value), 'text-anchor="end" fill-opacity=".72"'),
  );
  const curves = regrets.map(({ curve }, i) => {
    const points = [0, ...curve].map((regret, point) => `${x(point / curve.length)},${y(regret)}`);
    return `<polyline points="${points.join(' ')}" fill="none" ${pen(i)} stroke-width="2.5" stroke-linejoin="round"/>`;
  });
  const below = PLOT.bottom + 18;
  const height = below + 26 + regrets.length * LINE_PX;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="Inter, ui-sans-serif, system-ui, sans-serif" font-size="${SMALL}" fill="currentColor" color="#14172b">`,
    `<title>${escaped(`${title}: ${lost} lost against always choosing the best arm, by ${unit}`)}</title>`,
    '<style>@media (prefers-color-scheme: dark) { svg { color: #eceefa } }</style>',
    words(0, '12.0', fitted(title, WIDTH, TEXT), `font-size="${TEXT}" font-weight="700"`),
    words(0, '36.0', fitted(`${lost} lost against always choosing the best arm`, WIDTH, SMALL), 'fill-opacity=".72"'),
    ...grid,
    words(left, below, '0', 'fill-opacity=".72"'),
    words(PLOT.right, below, `${numberOf(horizon)} ${unit}`, 'text-anchor="end" fill-opacity=".72"'),
    ...curves,
    ...names(regrets, below + 28),
    '</svg>',
    '',
  ].join('\n');
}

/** From the curve that lost most: its stroke, its name, what it lost. */
function names(regrets: readonly Regret[], top: number): string[] {
  const means = regrets.map(({ mean }) => numberOf(mean));
  const room = WIDTH - NAME_X - 12 - Math.max(...means.map((mean) => widthOf(mean, SMALL)));
  return regrets
    .map((regret, i) => ({ ...regret, i }))
    .toSorted((one, other) => other.mean - one.mean)
    .map(({ name, i }, place) => {
      const at = top + place * LINE_PX;
      return (
        `<path d="M4 ${at}H28" ${pen(i)} stroke-width="4"/>` +
        words(NAME_X, at, fitted(name, room, SMALL)) +
        words(WIDTH, at, means[i]!, 'text-anchor="end"')
      );
    });
}

/** A line of text, its middle at `y`. */
function words(x: number, y: number | string, text: string, attributes = ''): string {
  return `<text x="${x}" y="${y}" dy=".35em"${attributes && ` ${attributes}`}>${escaped(text)}</text>`;
}

function pen(i: number): string {
  const colour = `stroke="${COLOURS[i % COLOURS.length]!}"`;
  return i < COLOURS.length ? colour : `${colour} stroke-dasharray="7 4"`;
}

function widthOf(text: string, size: number): number {
  return Math.ceil(text.length * size * CHARACTER);
}

function fitted(text: string, width: number, size: number): string {
  if (widthOf(text, size) <= width) return text;
  return `${text.slice(0, Math.floor(width / (size * CHARACTER)) - 1).trimEnd()}…`;
}

/** Whole, or with one decimal where that is a good part of it. */
function numberOf(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 });
}

/** Names come from files. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** The next of a few round numbers: four grid lines then stand at round ones too, and little of the picture is empty. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return power * ([1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8].find((factor) => factor * power >= value) ?? 10);
}
