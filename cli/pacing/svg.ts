/** A paced day as a picture that stands alone: readable on light and dark pages and on phones, no scripts, no fonts of its own. */
import type { PlayedDay } from '../../simulations/pacing/day.ts';

const WIDTH = 460;
const HEIGHT = 452;
const LEFT = 58;
const RIGHT = WIDTH - 8;
/** Cumulative spending above, the price below, over the same hours. */
const SPENT = { top: 62, bottom: 252 } as const;
const PRICE = { top: 322, bottom: 402 } as const;
/** Told apart by people who see red and green alike, and 3 : 1 or more from white and from night blue. */
const COLOURS = { priced: '#2b7fc4', unpaced: '#d55e00', plan: 'currentColor' } as const;
const HOURS_SHOWN = [0, 6, 12, 18, 24] as const;
const MINUTES_PER_POINT = 5;

/** @param days the same day played with plan and price, and without either. */
export function pacedDaySvg({ priced, unpaced }: { readonly priced: PlayedDay; readonly unpaced: PlayedDay }): string {
  const { total, marks } = priced;
  const shown = marks.filter((_, minute) => (minute + 1) % MINUTES_PER_POINT === 0);
  const atTime = (minute: number) => LEFT + (minute / marks.length) * (RIGHT - LEFT);
  const atShare = (share: number) => SPENT.bottom - share * (SPENT.bottom - SPENT.top);
  const curve = (shares: readonly number[], pen: string) =>
    line(
      [0, ...shares].map((share, i) => [atTime(i * MINUTES_PER_POINT), atShare(share)] as const),
      pen,
    );
  const unpacedShown = unpaced.marks.filter((_, minute) => (minute + 1) % MINUTES_PER_POINT === 0);
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) => rule(atShare(share)) + words(LEFT - 8, atShare(share), `${100 * share} %`, FAINT_END),
  );
  const hours = HOURS_SHOWN.map((hour) => [hour, atTime((hour / 24) * marks.length)] as const);
  const underneath = (y: number) =>
    hours.map(([hour, x]) =>
      words(x, y, `${hour}:00`, `text-anchor="${hour === 24 ? 'end' : 'middle'}" fill-opacity=".72"`),
    );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="Inter, ui-sans-serif, system-ui, sans-serif" font-size="14" fill="currentColor" color="#14172b">`,
    '<title>A day with twice the forecast traffic: spending follows its plan, and without pacing the budget is gone at six in the morning</title>',
    '<style>@media (prefers-color-scheme: dark) { svg { color: #eceefa } }</style>',
    words(0, 12, 'A day with twice the traffic that was forecast', 'font-size="15" font-weight="700"'),
    words(0, 36, 'spent of the day’s budget', 'fill-opacity=".72"'),
    ...grid,
    curve(
      unpacedShown.map(({ posted }) => posted / total),
      `stroke="${COLOURS.unpaced}" stroke-width="2.5"`,
    ),
    curve(
      shown.map(({ posted }) => posted / total),
      `stroke="${COLOURS.priced}" stroke-width="5" stroke-opacity=".55"`,
    ),
    curve(
      shown.map(({ planned }) => planned / total),
      `stroke="${COLOURS.plan}" stroke-width="1.5" stroke-dasharray="5 4"`,
    ),
    ...underneath(SPENT.bottom + 18),
    words(0, 300, 'price of a unit, in conversions per 100 units', 'fill-opacity=".72"'),
    ...priceCurve(shown, atTime),
    ...underneath(PRICE.bottom + 18),
    ...legend(),
    '</svg>',
    '',
  ].join('\n');
}

const FAINT_END = 'text-anchor="end" fill-opacity=".72"';

function priceCurve(shown: PlayedDay['marks'], atTime: (minute: number) => number): string[] {
  const prices = shown.map(({ price }) => 100 * price);
  const most = Math.ceil(4 * Math.max(...prices)) / 4;
  const atPrice = (price: number) => PRICE.bottom - (price / most) * (PRICE.bottom - PRICE.top);
  const points = prices.map((price, i) => [atTime((i + 1) * MINUTES_PER_POINT), atPrice(price)] as const);
  const grid = [0, most].map(
    (price) => rule(atPrice(price)) + words(LEFT - 8, atPrice(price), String(price), FAINT_END),
  );
  return [...grid, line(points, `stroke="${COLOURS.priced}" stroke-width="1.5"`)];
}

function legend(): string[] {
  const entries = [
    ['plan', `stroke="${COLOURS.plan}" stroke-width="1.5" stroke-dasharray="5 4"`],
    ['with plan and price', `stroke="${COLOURS.priced}" stroke-width="5" stroke-opacity=".55"`],
    ['as it comes', `stroke="${COLOURS.unpaced}" stroke-width="2.5"`],
  ] as const;
  const places = [4, 96, 290] as const;
  return entries.map(([name, pen], i) => `<path d="M${places[i]} 440h24" ${pen}/>${words(places[i]! + 32, 440, name)}`);
}

function line(points: readonly (readonly [number, number])[], pen: string): string {
  const text = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  return `<polyline points="${text}" fill="none" ${pen} stroke-linejoin="round"/>`;
}

function rule(y: number): string {
  return `<path d="M${LEFT} ${y.toFixed(1)}H${RIGHT}" stroke="currentColor" stroke-opacity=".2"/>`;
}

/** A line of text, its middle at `y`. */
function words(x: number, y: number, text: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" dy=".35em"${attributes && ` ${attributes}`}>${text}</text>`;
}
