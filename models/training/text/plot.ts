/** Lift foretold against lift that came, by tenths of texts, out of fold. */
import { COLOURS, dot, picture, stroke, text, WIDTH } from '../../../scripts/drawings/svg.ts';
import type { TextMeasured } from './measured.ts';
import type { TextSpec } from './spec.ts';
import type { TextTests } from './tests.ts';

const PLOT = { left: 60, right: WIDTH - 6, top: 82, bottom: 300 } as const;
const SHARES = { top: 396, row: 30, left: 150, right: WIDTH - 52 } as const;
const HEIGHT = 534;
const SMALL = 14;
const ERRORS = 1.96;
const TENTHS = 10;

export interface LiftTenth {
  readonly foretold: number;
  readonly came: number;
  readonly error: number;
}

/** Texts by foretold lift, a tenth of them each; means are weighted as training weighs. */
export function liftTenths({ lifts, weights }: TextTests, { raw, slope }: TextMeasured): LiftTenth[] {
  const order = Array.from(raw, (_, i) => i).sort((i, j) => raw[i]! - raw[j]! || i - j);
  return Array.from({ length: TENTHS }, (_, tenth) => {
    const places = order.slice(
      Math.floor((tenth * order.length) / TENTHS),
      Math.floor(((tenth + 1) * order.length) / TENTHS),
    );
    const weight = places.reduce((sum, i) => sum + weights[i]!, 0);
    const mean = (of: (i: number) => number) => places.reduce((sum, i) => sum + weights[i]! * of(i), 0) / weight;
    const came = mean((i) => lifts[i]!);
    const squares = places.reduce((sum, i) => sum + (weights[i]! * (lifts[i]! - came)) ** 2, 0);
    return { foretold: slope * mean((i) => raw[i]!), came, error: Math.sqrt(squares) / weight };
  });
}

export function textSvg(
  { name }: Pick<TextSpec, 'name'>,
  tenths: readonly LiftTenth[],
  measured: TextMeasured,
): string {
  return picture(HEIGHT, `${name}: lift foretold and lift that came by tenths of texts, and pairs ranked rightly`, [
    ...liftParts(tenths),
    ...pairParts(measured),
  ]);
}

const signed = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(Math.round(100 * share))} %`;

function liftParts(tenths: readonly LiftTenth[]): string[] {
  const ends = tenths.flatMap(({ foretold, came, error }) => [foretold, came - ERRORS * error, came + ERRORS * error]);
  const largest = Math.max(...ends.map(Math.abs));
  const step = [0.05, 0.1, 0.2].find((size) => largest / size <= 3) ?? 0.5;
  const lines = Math.ceil(largest / step);
  const most = lines * step;
  const y = (lift: number) => (PLOT.top + PLOT.bottom) / 2 - (lift / most) * ((PLOT.bottom - PLOT.top) / 2);
  const slot = (PLOT.right - PLOT.left) / tenths.length;
  const steps = Array.from({ length: 2 * lines + 1 }, (_, i) => (i - lines) * step);
  return [
    text(0, 10, 'Click rate against the average text of its test', { bold: true }),
    text(0, 32, 'tests not trained on, texts by tenths of the forecast', { soft: true, size: SMALL }),
    stroke(0, 18, 55, COLOURS[0], 3),
    text(24, 55, 'foretold', { size: SMALL }),
    dot(106, 55, COLOURS[2]),
    text(118, 55, 'came, with 95 % interval', { size: SMALL }),
    ...steps.flatMap((lift) => [
      stroke(PLOT.left, PLOT.right, y(lift), 'currentColor', lift === 0 ? 0.8 : 0.3),
      text(PLOT.left - 8, y(lift), lift === 0 ? '0' : signed(lift), { anchor: 'end', soft: true, size: SMALL }),
    ]),
    ...tenths.flatMap(({ foretold, came, error }, i) => {
      const left = PLOT.left + i * slot;
      const middle = left + slot / 2;
      const path = `M${middle.toFixed(1)} ${y(came - ERRORS * error).toFixed(1)}V${y(came + ERRORS * error).toFixed(1)}`;
      return [
        stroke(left + 7, left + slot - 7, y(foretold), COLOURS[0], 3),
        `<path d="${path}" stroke="${COLOURS[2]}" stroke-width="3" stroke-opacity=".55" stroke-linecap="round"/>`,
        dot(middle, y(came), COLOURS[2]),
      ];
    }),
    text(PLOT.left, PLOT.bottom + 18, 'least foretold', { soft: true, size: SMALL }),
    text(PLOT.right, PLOT.bottom + 18, 'most', { anchor: 'end', soft: true, size: SMALL }),
  ];
}

const NAMES: Readonly<Record<string, string>> = {
  forest: 'random forest',
  boosting: 'boosting',
  mlp: 'neural network',
};

function pairParts({ whole, members, length }: TextMeasured): string[] {
  const rows = [
    { name: 'all three', of: whole.decided },
    ...members.map(({ name, figures }) => ({ name: NAMES[name] ?? name, of: figures.decided })),
    { name: 'the longer one', of: length.decided },
  ];
  const [from, to] = [0.45, 0.7];
  const x = (share: number) => SHARES.left + ((share - from) / (to - from)) * (SHARES.right - SHARES.left);
  const bottom = SHARES.top + (rows.length - 1) * SHARES.row + 14;
  return [
    text(0, 348, 'Pairs with a clear winner, ranked rightly', { bold: true }),
    text(0, 370, 'with 95 % intervals over tests; a coin: 50 %', { soft: true, size: SMALL }),
    `<path d="M${x(0.5).toFixed(1)} ${SHARES.top - 12}V${bottom}" stroke="currentColor" stroke-width="1.5" stroke-dasharray="5 5"/>`,
    ...rows.flatMap(({ name, of }, i) => {
      const y = SHARES.top + i * SHARES.row;
      return [
        text(0, y, name, { size: SMALL }),
        stroke(x(of.interval[0]), x(of.interval[1]), y, COLOURS[1], 3),
        dot(x(of.value), y, COLOURS[1]),
        text(WIDTH, y, `${(100 * of.value).toFixed(1)} %`, { anchor: 'end', size: SMALL }),
      ];
    }),
  ];
}
