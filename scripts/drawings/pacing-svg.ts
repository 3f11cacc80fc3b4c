/** A day's money against its plan, played by the engine: what is spent by each hour with pacing and without, when twice as many visitors come as expected. */
import { playCase } from '../../simulations/pacing/cases.ts';
import { COLOURS, line, percent, picture, rule, stroke, text, WIDTH } from './svg.ts';

const SEED = 2;
/** Visitors that the day's money was meant for: enough for some eight hundred claims, and drawn within seconds. */
const FORECAST = 4_000;
const DAY = { plan: 'by traffic', day: 'of 24 hours', traffic: 2, forecast: FORECAST, seed: SEED } as const;
const HOURS = 24;
const PLOT = { left: 52, right: WIDTH - 4, top: 62, bottom: 272 } as const;
const LINE_HEIGHT = 24;

const hourX = (hour: number): number => PLOT.left + (hour / HOURS) * (PLOT.right - PLOT.left);
const shareY = (share: number): number => PLOT.bottom - share * (PLOT.bottom - PLOT.top);
const course = (shares: readonly number[]) => shares.map((share, hour) => [hourX(hour), shareY(share)] as const);

/** Broad grey dashes, in the page's own ink. */
function planLine(points: readonly (readonly [x: number, y: number])[]): string {
  const path = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="currentColor" stroke-opacity=".4" stroke-width="9" stroke-dasharray="6 4"/>`;
}

/** The plan, and two days with the same visitors. */
export function pacingSvg(): string {
  const paced = playCase({ ...DAY, mode: 'priced' });
  const unpaced = playCase({ ...DAY, mode: 'unpaced' });
  const { total, hours } = paced;
  const planned = course([0, ...hours.map((hour) => hour.planned / total)]);
  const lines = [
    ['without pacing', COLOURS[2], [0, ...unpaced.hours.map(({ posted }) => posted / total)]],
    ['paced by the usual traffic', COLOURS[0], [0, ...hours.map(({ posted }) => posted / total)]],
  ] as const;
  const parts = [
    text(0, 10, 'Spent of the day’s money', { bold: true }),
    text(0, 33, 'A day with twice the visitors that were expected', { soft: true, size: 14 }),
    ...[0, 0.5, 1].flatMap((share) => [
      stroke(PLOT.left, PLOT.right, shareY(share), 'currentColor', 0.3),
      text(PLOT.left - 8, shareY(share), percent(share), { anchor: 'end', soft: true, size: 14 }),
    ]),
    ...[6, 12, 18].map((hour) => rule(hourX(hour), PLOT.top, PLOT.bottom)),
    ...[0, 6, 12, 18, 24].map((hour) =>
      text(hourX(hour), PLOT.bottom + 18, `${String(hour).padStart(2, '0')}:00`, {
        anchor: hour === 24 ? 'end' : hour === 0 ? 'start' : 'middle',
        soft: true,
        size: 14,
      }),
    ),
  ];
  // The plan is broad and lies beneath: the line that follows it would hide a thin one.
  parts.push(planLine(planned), ...lines.map(([, colour, shares]) => line(course(shares), colour)));
  const legendY = PLOT.bottom + 46;
  for (const [i, [name, colour]] of lines.entries())
    parts.push(
      stroke(4, 28, legendY + i * LINE_HEIGHT, colour, 4),
      text(40, legendY + i * LINE_HEIGHT, name, { size: 14 }),
    );
  const planY = legendY + lines.length * LINE_HEIGHT;
  parts.push(
    planLine([
      [4, planY],
      [28, planY],
    ]),
    text(40, planY, 'the plan', { size: 14 }),
  );
  const title =
    'A day with twice the visitors that were expected: without pacing its money is gone in the morning, with pacing it is spent along the plan until midnight';
  return picture(planY + LINE_HEIGHT, title, parts);
}
