/** What it costs to learn 125 combinations one by one, and what through their 15 parts. */
import { POINTS, runDials, VISITORS } from './dials.ts';
import { COLOURS, line, picture, stroke, text, WIDTH } from './svg.ts';

/** Runs of which a line is the mean: as many as the guide's figures, so that the picture ends where its text says. */
export const DIALS_RUNS = 40;
const PLOT = { left: 52, right: WIDTH - 4, top: 34, bottom: 250 } as const;
const LINE_HEIGHT = 24;
const MOST = 500;
const TICKS = [0, 250, 500] as const;

const LINES = [
  { name: '125 combinations, each by itself', by: 'arms' },
  { name: 'through the 15 values they are made of', by: 'effects' },
] as const;

const visitorX = (visitors: number): number => PLOT.left + (visitors / VISITORS) * (PLOT.right - PLOT.left);
const lostY = (lost: number): number => PLOT.bottom - (lost / MOST) * (PLOT.bottom - PLOT.top);

/** Conversions lost after each fiftieth of the visitors, mean of seeded runs. */
export function meanLost(by: 'arms' | 'effects'): number[] {
  const runs = Array.from({ length: DIALS_RUNS }, (_, i) => runDials(by, i + 1));
  return Array.from(
    { length: POINTS },
    (_, point) => runs.reduce((sum, course) => sum + course[point]!, 0) / DIALS_RUNS,
  );
}

/** One line each. */
export function dialsSvg(): string {
  const parts = [
    text(0, 10, 'Conversions lost on the way', { bold: true }),
    ...TICKS.flatMap((lost) => [
      stroke(PLOT.left, PLOT.right, lostY(lost), 'currentColor', 0.3),
      text(PLOT.left - 8, lostY(lost), String(lost), { anchor: 'end', soft: true, size: 14 }),
    ]),
    text(PLOT.left, PLOT.bottom + 18, '0', { soft: true, size: 14 }),
    text(visitorX(VISITORS / 2), PLOT.bottom + 18, '5,000', { anchor: 'middle', soft: true, size: 14 }),
    text(PLOT.right, PLOT.bottom + 18, '10,000 visitors', { anchor: 'end', soft: true, size: 14 }),
  ];
  for (const [i, { name, by }] of LINES.entries()) {
    const course = meanLost(by).map(
      (lost, point) => [visitorX(((point + 1) * VISITORS) / POINTS), lostY(lost)] as const,
    );
    const y = PLOT.bottom + 46 + i * LINE_HEIGHT;
    parts.push(line([[PLOT.left, PLOT.bottom], ...course], COLOURS[2 - i]!));
    parts.push(stroke(4, 28, y, COLOURS[2 - i]!, 4), text(40, y, name, { size: 14 }));
  }
  const title =
    'Conversions lost by number of visitors: 125 combinations each by itself, and through the 15 values they are made of';
  return picture(PLOT.bottom + 46 + LINES.length * LINE_HEIGHT, title, parts);
}
