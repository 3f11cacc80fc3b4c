/** How soon a campaign follows a change, with and without forgetting: the share of the banner that has become the better one. */
import { DAYS, runChange, TURN } from './changing.ts';
import { COLOURS, line, mark, percent, picture, rule, stroke, text, WIDTH } from './svg.ts';

const DAY_MS = 86_400_000;
/** Runs of which a line is the mean. */
const RUNS = 10;
const PLOT = { left: 52, right: WIDTH - 4, top: 44, bottom: 260 } as const;
const LINE_HEIGHT = 24;

const LINES = [
  { name: 'half-life of 7 days', halfLifeMs: 7 * DAY_MS },
  { name: 'half-life of 30 days', halfLifeMs: 30 * DAY_MS },
  { name: 'never forgets', halfLifeMs: undefined },
] as const;

const dayX = (day: number): number => PLOT.left + (day / DAYS) * (PLOT.right - PLOT.left);
const shareY = (share: number): number => PLOT.bottom - share * (PLOT.bottom - PLOT.top);

function meanShares(halfLifeMs: number | undefined): number[] {
  const runs = Array.from({ length: RUNS }, (_, i) => runChange(halfLifeMs, i + 1).shares);
  return Array.from({ length: DAYS }, (_, day) => runs.reduce((sum, shares) => sum + shares[day]!, 0) / RUNS);
}

/** Mean of ten seeded runs each. */
export function changingSvg(): string {
  const parts = [
    text(0, 10, 'Who sees the new banner', { bold: true }),
    ...[0, 0.5, 1].flatMap((share) => [
      stroke(PLOT.left, PLOT.right, shareY(share), 'currentColor', 0.3),
      text(PLOT.left - 8, shareY(share), percent(share), { anchor: 'end', soft: true, size: 14 }),
    ]),
    ...[30, 60, 90].map((day) => rule(dayX(day), PLOT.top, PLOT.bottom)),
    mark(dayX(TURN), PLOT.top - 6, PLOT.bottom),
    text(dayX(TURN) + 8, PLOT.top - 8, 'the old banner wears out', { size: 14 }),
    ...[0, 30, 60, 90].map((day) =>
      text(dayX(day), PLOT.bottom + 18, day === 0 ? 'day 0' : `${day}`, {
        anchor: day === 90 ? 'end' : day === 0 ? 'start' : 'middle',
        soft: true,
        size: 14,
      }),
    ),
  ];
  for (const [i, { name, halfLifeMs }] of LINES.entries()) {
    const points = meanShares(halfLifeMs).map((share, day) => [dayX(day), shareY(share)] as const);
    const y = PLOT.bottom + 46 + i * LINE_HEIGHT;
    parts.push(line(points, COLOURS[i]!), stroke(4, 28, y, COLOURS[i]!, 4), text(40, y, name, { size: 14 }));
  }
  const title =
    'The share of the new banner after the old one has worn out, with half-lives of 7 and 30 days and without forgetting';
  return picture(PLOT.bottom + 46 + LINES.length * LINE_HEIGHT, title, parts);
}
