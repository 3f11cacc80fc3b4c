/** What a policy knows and what it does with it, after 50, 500 and 5,000 visitors. */
import { box, COLOURS, dot, mark, percent, picture, rule, stroke, text, WIDTH } from './svg.ts';
import type { Known, Moment } from './world.ts';

/** Columns: names, what is known of the rates, the shares, their figures. */
const KNOWN = { left: 84, right: 268 } as const;
const SHARE = { left: 292, right: 404 } as const;
const ROW = 30;
const HEADING = 30;
const GAP = 14;
const TOP = 50;
const FOOT = 70;
/** Rates beyond this are cut: intervals of the first visitors reach far. */
const MAX_RATE = 0.24;
const TICKS = [0, 0.08, 0.16, 0.24] as const;

const rateX = (rate: number): number => KNOWN.left + (Math.min(rate, MAX_RATE) / MAX_RATE) * (KNOWN.right - KNOWN.left);

function row(known: Known, i: number, y: number): string[] {
  const colour = COLOURS[i]!;
  const { interval, mean, share, shareSoFar } = known;
  const wide = SHARE.right - SHARE.left;
  return [
    text(0, y, known.name),
    mark(rateX(known.rate), y - 11, y + 11),
    stroke(rateX(interval.low), rateX(interval.high), y, colour, 4),
    dot(rateX(mean), y, colour),
    box(SHARE.left, y - 10, share * wide, 12, colour),
    box(SHARE.left, y + 5, shareSoFar * wide, 4, colour, 0.55),
    text(WIDTH, y - 2, percent(share), { anchor: 'end' }),
  ];
}

/** The picture of one policy. */
export function momentsSvg(title: string, moments: readonly Moment[]): string {
  const parts = [
    text(KNOWN.left, 10, 'Conversion rate', { bold: true }),
    text(KNOWN.left, 30, 'what is known', { soft: true }),
    text(SHARE.left, 10, 'Who sees it', { bold: true }),
    text(SHARE.left, 30, 'of the next visitors', { soft: true, size: 14 }),
  ];
  let y = TOP;
  for (const { visitors, banners } of moments) {
    const bottom = y + HEADING + banners.length * ROW;
    for (const tick of TICKS) parts.push(rule(rateX(tick), y + HEADING, bottom));
    parts.push(rule(SHARE.left, y + HEADING, bottom), rule(SHARE.right, y + HEADING, bottom));
    parts.push(text(0, y + 14, `After ${visitors.toLocaleString('en')} visitors`, { bold: true }));
    for (const [i, banner] of banners.entries()) parts.push(...row(banner, i, y + HEADING + (i + 0.5) * ROW));
    y = bottom + GAP;
  }
  parts.push(...foot(y));
  return picture(y + FOOT, title, parts);
}

function foot(y: number): string[] {
  const ticks = TICKS.map((tick, i) =>
    text(rateX(tick), y, percent(tick), {
      anchor: i === 0 ? 'start' : i === TICKS.length - 1 ? 'end' : 'middle',
      soft: true,
      size: 14,
    }),
  );
  const legend = y + 32;
  return [
    ...ticks,
    text(SHARE.left, y, '0 %', { soft: true, size: 14 }),
    text(SHARE.right, y, '100 %', { anchor: 'end', soft: true, size: 14 }),
    dot(6, legend, 'currentColor'),
    stroke(0, 24, legend, 'currentColor', 3),
    text(34, legend, 'best guess and 95 % range', { size: 14 }),
    mark(12, legend + 14, legend + 32),
    text(34, legend + 23, 'the truth, which nobody sees', { size: 14 }),
    box(SHARE.left - 26, legend - 5, 24, 10, 'currentColor'),
    text(SHARE.left + 6, legend, 'the next visitors', { size: 14 }),
    box(SHARE.left - 26, legend + 21, 24, 4, 'currentColor', 0.55),
    text(SHARE.left + 6, legend + 23, 'all so far', { size: 14 }),
  ];
}
