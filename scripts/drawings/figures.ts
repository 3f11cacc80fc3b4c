/** What each policy loses in the worlds of the pictures, over many runs instead of the one that is drawn. */
import { runChange } from './changing.ts';
import { runCrowds } from './crowds.ts';
import { runDials } from './dials.ts';
import { DIALS_RUNS } from './dials-svg.ts';
import { SHOWN, SHOWN_TO_CROWDS, type Shown } from './pictures.ts';
import { runWorld } from './world.ts';

/** Enough that the standard error is below two conversions. */
const RUNS = 200;

type Figure = readonly [name: string, lost: string];

const named = (file: string): Shown => SHOWN.find((shown) => shown.file === file)!;

/** Two policies in the world of the crowds that do, and do not, tell them apart. */
const BESIDE: readonly Shown[] = [
  { ...named('inverse-gap.svg'), title: 'Inverse gap weighting with gamma 1,000 and features' },
  { ...named('thompson.svg'), title: 'Thompson sampling, which does not see the difference' },
];

const DAY_MS = 86_400_000;

/** What was lost in the worlds of changing rates and of many dials, as the guides tell it. */
export function lostOtherwise(): { readonly changing: readonly Figure[]; readonly dials: readonly Figure[] } {
  const over = (lost: (seed: number) => number, runs = RUNS): string =>
    meanOf(Array.from({ length: runs }, (_, i) => lost(i + 1)));
  return {
    changing: [
      ['half-life of 7 days', over((seed) => runChange(7 * DAY_MS, seed).lost)],
      ['half-life of 30 days', over((seed) => runChange(30 * DAY_MS, seed).lost)],
      ['never forgets', over((seed) => runChange(undefined, seed).lost)],
    ],
    dials: [
      ['125 combinations', over((seed) => runDials('arms', seed).at(-1)!, DIALS_RUNS)],
      ['15 values', over((seed) => runDials('effects', seed).at(-1)!, DIALS_RUNS)],
    ],
  };
}

/** Name and `mean ± standard error` of the conversions lost in 5,000 visitors, seeds 1 to 200: three banners, then two crowds. */
export function lostByPolicy(): { readonly banners: readonly Figure[]; readonly crowds: readonly Figure[] } {
  const figure =
    (run: typeof runWorld | typeof runCrowds) =>
    ({ title, strategy, minExploration }: Shown): Figure => {
      const lost = Array.from({ length: RUNS }, (_, i) => run(strategy, minExploration, i + 1).at(-1)!.lost);
      return [title, meanOf(lost)];
    };
  return { banners: SHOWN.map(figure(runWorld)), crowds: [...SHOWN_TO_CROWDS, ...BESIDE].map(figure(runCrowds)) };
}

function meanOf(values: readonly number[]): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return `${mean.toFixed(1)} ± ${Math.sqrt(variance / values.length).toFixed(1)}`;
}
