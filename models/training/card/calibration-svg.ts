/** Calibration as a picture: what was foretold against what happened, and how many were foretold what. */
import { box, COLOURS, dot, percent, picture, rule, stroke, text, WIDTH } from '../../../scripts/drawings/svg.ts';
import { CALIBRATION_BINS, calibrationCurve, calibrationError, type Scored } from '../measure/metrics.ts';
import type { TrainingSpec } from '../spec/schema.ts';

const PLOT = { left: 52, right: WIDTH - 10, top: 58, bottom: 370 } as const;
const BARS = { top: 452, bottom: 512 } as const;
const HEIGHT = 544;
const STEPS = [0, 0.25, 0.5, 0.75, 1] as const;
/** Standard errors of a 95 % interval. */
const ERRORS = 1.96;
const SMALL = 14;

const x = (share: number): number => PLOT.left + share * (PLOT.right - PLOT.left);
const y = (share: number): number => PLOT.bottom - share * (PLOT.bottom - PLOT.top);

/** @param spec its name stands in the title */
export function calibrationSvg({ name }: Pick<TrainingSpec, 'name'>, scored: Scored): string {
  const bins = calibrationCurve(scored);
  const most = Math.max(...bins.map(({ share }) => share));
  const barWidth = (PLOT.right - PLOT.left) / CALIBRATION_BINS - 6;
  const parts = [
    text(0, 10, `${name}: foretold, and what happened`, { bold: true }),
    text(0, 32, 'how often it happened, by what was foretold', { soft: true, size: SMALL }),
    ...STEPS.flatMap((share) => [
      stroke(PLOT.left, PLOT.right, y(share), 'currentColor', 0.3),
      rule(x(share), PLOT.top, PLOT.bottom),
      text(PLOT.left - 8, y(share), percent(share), { anchor: 'end', soft: true, size: SMALL }),
      text(x(share), PLOT.bottom + 18, percent(share), { anchor: anchorOf(share), soft: true, size: SMALL }),
    ]),
    `<path d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}" stroke="currentColor" stroke-opacity=".6" stroke-width="1.5" stroke-dasharray="5 5"/>`,
    ...bins.flatMap(({ meanScore, meanAnswer, count }) => {
      const [low, high] = wilson(meanAnswer, count);
      return [
        `<path d="M${x(meanScore).toFixed(1)} ${y(low).toFixed(1)}V${y(high).toFixed(1)}" stroke="${COLOURS[0]}" stroke-width="3" stroke-opacity=".45" stroke-linecap="round"/>`,
        dot(x(meanScore), y(meanAnswer), COLOURS[0]),
      ];
    }),
    text(
      x(0) + 12,
      PLOT.top + 14,
      `${percentFine(calibrationError(scored))} off in the mean; lines are 95 % intervals`,
      { size: SMALL },
    ),
    text(0, BARS.top - 24, 'how many were foretold what', { soft: true, size: SMALL }),
    ...bins.map(({ meanScore, share }) => {
      const bin = Math.min(CALIBRATION_BINS - 1, Math.floor(meanScore * CALIBRATION_BINS));
      const height = Math.max(1, (share / most) * (BARS.bottom - BARS.top));
      return box(
        x(bin / CALIBRATION_BINS) + 3,
        BARS.bottom - height,
        barWidth,
        Math.round(height * 10) / 10,
        COLOURS[0],
        0.75,
      );
    }),
    stroke(PLOT.left, PLOT.right, BARS.bottom + 1, 'currentColor', 0.6),
    text(PLOT.left - 8, BARS.top + 6, percent(most), { anchor: 'end', soft: true, size: SMALL }),
    ...STEPS.map((share) =>
      text(x(share), BARS.bottom + 18, percent(share), { anchor: anchorOf(share), soft: true, size: SMALL }),
    ),
  ];
  return picture(
    HEIGHT,
    `${name}: foretold probabilities against what happened, by tenths, with 95 % intervals`,
    parts,
  );
}

/** What a rate may be that was seen so often (Wilson 1927): also of one that was never, or always, seen. */
function wilson(rate: number, count: number): readonly [low: number, high: number] {
  const z2 = ERRORS ** 2;
  const middle = (rate + z2 / (2 * count)) / (1 + z2 / count);
  const spread = (ERRORS / (1 + z2 / count)) * Math.sqrt((rate * (1 - rate)) / count + z2 / (4 * count ** 2));
  return [Math.max(0, middle - spread), Math.min(1, middle + spread)];
}

const anchorOf = (share: number) => (share === 0 ? 'start' : share === 1 ? 'end' : 'middle');

const percentFine = (share: number): string => `${(100 * share).toFixed(1)} %`;
