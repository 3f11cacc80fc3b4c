/** Regret curves as a picture that stands alone: readable on light and dark pages, no scripts, no fonts of its own. */
import type { Regret } from './bandit.ts';

const WIDTH = 820;
const HEIGHT = 400;
const PLOT = { left: 60, top: 20, right: 560, bottom: 350 } as const;
/** Told apart by people who see red and green alike (Okabe and Ito, 2008). */
const COLOURS = ['#0072b2', '#56b4e9', '#d55e00', '#e69f00', '#009e73', '#999999', '#cc79a7', '#8c6bb1'] as const;
/** Between the names at the right: one line of text. */
const LINE_PX = 18;
const GRID_LINES = 4;

/** What stands beside the curves. */
export interface Captions {
  readonly title: string;
  /** Of the horizon. */
  readonly unit: string;
}

const OF_CHOICES: Captions = { title: 'Conversions lost against the best arm, by number of choices', unit: 'choices' };

/** @param regrets curves of equal length over the same horizon. */
export function regretSvg(regrets: readonly Regret[], horizon: number, captions = OF_CHOICES): string {
  const most = roundUp(Math.max(...regrets.flatMap(({ curve }) => curve)));
  const x = (share: number) => (PLOT.left + share * (PLOT.right - PLOT.left)).toFixed(1);
  const y = (regret: number) => (PLOT.bottom - (regret / most) * (PLOT.bottom - PLOT.top)).toFixed(1);
  const grid = Array.from({ length: GRID_LINES + 1 }, (_, i) => (i * most) / GRID_LINES).map(
    (value) =>
      `<path d="M${PLOT.left} ${y(value)}H${PLOT.right}" stroke="#888" stroke-opacity=".3"/>` +
      `<text x="${PLOT.left - 8}" y="${y(value)}" dy=".35em" text-anchor="end">${value.toLocaleString('en')}</text>`,
  );
  const curves = regrets.map(({ curve }, i) => {
    const points = [0, ...curve].map((regret, point) => `${x(point / curve.length)},${y(regret)}`);
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour(i)}" stroke-width="2"/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#888">`,
    `<title>${escaped(captions.title)}</title>`,
    ...grid,
    `<text x="${PLOT.left}" y="${PLOT.bottom + 18}">0</text>`,
    `<text x="${PLOT.right}" y="${PLOT.bottom + 18}" text-anchor="end">${horizon.toLocaleString('en')} ${captions.unit}</text>`,
    ...curves,
    ...names(regrets, (regret) => Number(y(regret))),
    '</svg>',
    '',
  ].join('\n');
}

/** Names beside the curves' ends, from the top down, pushed apart where they would meet. */
function names(regrets: readonly Regret[], y: (regret: number) => number): string[] {
  let free = 0;
  return regrets
    .map((regret, i) => ({ ...regret, i }))
    .toSorted((one, other) => other.mean - one.mean)
    .map(({ name, mean, i }) => {
      const at = Math.max(y(mean), free);
      free = at + LINE_PX;
      return `<text x="${PLOT.right + 8}" y="${at.toFixed(1)}" dy=".35em" fill="${colour(i)}">${escaped(name)} ${mean.toFixed(0)}</text>`;
    });
}

/** Names come from files. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function colour(i: number): string {
  return COLOURS[i % COLOURS.length]!;
}

/** The next of a few round numbers: four grid lines then stand at round ones too, and little of the picture is empty. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return power * ([1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8].find((factor) => factor * power >= value) ?? 10);
}
