/** Two pictures in one: value foretold against value that came, and whether orders come as often as the distribution says. */
import { box, COLOURS, dot, picture, stroke, text, WIDTH } from '../../../scripts/drawings/svg.ts';
import type { Comparison } from './compare.ts';
import type { Measured } from './measured.ts';
import type { LifetimeSpec } from './spec.ts';

const PLOT = { left: 52, right: WIDTH - 6, top: 82, bottom: 300 } as const;
const BARS = { top: 396, bottom: 476 } as const;
const HEIGHT = 512;
const SMALL = 14;
/** 95 % of what chance alone does to a mean. */
const ERRORS = 1.96;
const BINS = 20;

export function lifetimeSvg(
  { name, unit }: Pick<LifetimeSpec, 'name' | 'unit'>,
  { tenths }: Measured,
  { transforms, distances }: Comparison,
): string {
  return picture(
    HEIGHT,
    `${name}: value foretold and value that came, by tenths of customers, and transforms of their orders`,
    [...valueParts(unit, tenths), ...transformParts(transforms, distances.orders)],
  );
}

function valueParts(unit: string, tenths: Measured['tenths']): string[] {
  const largest = Math.max(...tenths.map(({ came, error, foretold }) => Math.max(foretold, came + ERRORS * error)));
  const step = [10, 20, 25, 50, 100, 200, 250, 500, 1_000].find((size) => largest / size <= 5) ?? largest;
  const steps = Array.from({ length: Math.floor(largest / step) + 1 }, (_, i) => i * step);
  const y = (value: number) => PLOT.bottom - (Math.max(0, value) / largest) * (PLOT.bottom - PLOT.top);
  const slot = (PLOT.right - PLOT.left) / tenths.length;
  return [
    text(0, 10, `A year’s value, foretold and come, ${unit}`, { bold: true }),
    text(0, 32, 'customers not trained on, by tenths of the forecast', { soft: true, size: SMALL }),
    box(0, 50, 18, 10, COLOURS[0], 0.35),
    text(24, 55, 'foretold', { size: SMALL }),
    dot(106, 55, COLOURS[2]),
    text(118, 55, 'came, with 95 % interval', { size: SMALL }),
    ...steps.flatMap((value) => [
      stroke(PLOT.left, PLOT.right, y(value), 'currentColor', 0.3),
      text(PLOT.left - 8, y(value), String(value), { anchor: 'end', soft: true, size: SMALL }),
    ]),
    ...tenths.flatMap(({ foretold, came, error }, i) => {
      const left = PLOT.left + i * slot;
      const middle = left + slot / 2;
      const [low, high] = [came - ERRORS * error, came + ERRORS * error];
      return [
        box(left + 6, y(foretold), slot - 12, Math.round(10 * (PLOT.bottom - y(foretold))) / 10, COLOURS[0], 0.35),
        `<path d="M${middle.toFixed(1)} ${y(low).toFixed(1)}V${y(high).toFixed(1)}" stroke="${COLOURS[2]}" stroke-width="3" stroke-opacity=".55" stroke-linecap="round"/>`,
        dot(middle, y(came), COLOURS[2]),
      ];
    }),
    text(PLOT.left, PLOT.bottom + 18, 'least foretold', { soft: true, size: SMALL }),
    text(PLOT.right, PLOT.bottom + 18, 'most', { anchor: 'end', soft: true, size: SMALL }),
  ];
}

function transformParts(transforms: readonly number[], distance: number): string[] {
  const counts = new Array<number>(BINS).fill(0);
  for (const u of transforms) {
    const bin = Math.min(BINS - 1, Math.floor(u * BINS));
    counts[bin] = counts[bin]! + 1;
  }
  const even = transforms.length / BINS;
  const largest = Math.max(...counts);
  const slot = (PLOT.right - PLOT.left) / BINS;
  const y = (count: number) => BARS.bottom - (count / largest) * (BARS.bottom - BARS.top);
  return [
    text(0, 348, 'Do orders come as often as foretold?', { bold: true }),
    text(0, 370, `even bars would be perfect; farthest from even: ${(100 * distance).toFixed(1)} %`, {
      soft: true,
      size: SMALL,
    }),
    ...counts.map((count, i) =>
      box(
        PLOT.left + i * slot + 2,
        y(count),
        slot - 4,
        Math.round(10 * (BARS.bottom - y(count))) / 10,
        COLOURS[1],
        0.75,
      ),
    ),
    `<path d="M${PLOT.left} ${y(even).toFixed(1)}H${PLOT.right}" stroke="currentColor" stroke-width="1.5" stroke-dasharray="5 5"/>`,
    stroke(PLOT.left, PLOT.right, BARS.bottom + 1, 'currentColor', 0.6),
    text(PLOT.left, BARS.bottom + 18, 'fewer than foretold', { soft: true, size: SMALL }),
    text(PLOT.right, BARS.bottom + 18, 'more', { anchor: 'end', soft: true, size: SMALL }),
  ];
}
