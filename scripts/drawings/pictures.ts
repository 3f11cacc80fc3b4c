/** Every picture of the guides: its file and its drawing, the same at every run. */
import type { AllocationStrategy } from '../../decisioning/bandits/allocation.ts';
import { changingSvg } from './changing-svg.ts';
import { runCrowds } from './crowds.ts';
import { crowdsSvg } from './crowds-svg.ts';
import { dialsSvg } from './dials-svg.ts';
import { momentsSvg } from './moments.ts';
import { pacingSvg } from './pacing-svg.ts';
import { phasesSvg } from './phases-svg.ts';
import { runWorld } from './world.ts';

/** Of the one run that all pictures of three banners show, and of that of the two crowds. */
const SEED = 2;
const CROWDS_SEED = 3;

/** A policy as its guide shows it: with the settings that stand there. */
export interface Shown {
  readonly file: string;
  readonly title: string;
  readonly strategy: AllocationStrategy;
  readonly minExploration: number;
}

export const SHOWN: readonly Shown[] = [
  { file: 'thompson.svg', title: 'Thompson sampling', strategy: { policy: 'thompson' }, minExploration: 0.01 },
  { file: 'ucb.svg', title: 'UCB', strategy: { policy: 'ucb' }, minExploration: 0.01 },
  {
    file: 'epsilon-greedy.svg',
    title: 'Epsilon-greedy with epsilon 0.1',
    strategy: { policy: 'epsilon_greedy', epsilon: 0.1 },
    minExploration: 0.01,
  },
  {
    file: 'inverse-gap.svg',
    title: 'Inverse gap weighting with gamma 1,000',
    strategy: { policy: 'inverse_gap', gamma: 1_000 },
    minExploration: 0.01,
  },
  {
    file: 'fixed-split.svg',
    title: 'A fixed split in three equal parts',
    strategy: { policy: 'fixed_split', weights: { a: 1, b: 1, c: 1 } },
    minExploration: 0,
  },
];

/** Policies that tell customers apart. */
export const SHOWN_TO_CROWDS: readonly Shown[] = [
  {
    file: 'linear-thompson.svg',
    title: 'Linear Thompson',
    strategy: { policy: 'linear_thompson' },
    minExploration: 0.01,
  },
  {
    file: 'linear-ucb.svg',
    title: 'LinUCB with alpha 0.3',
    strategy: { policy: 'linear_ucb', alpha: 0.3 },
    minExploration: 0.01,
  },
];

/** A drawing and where it stands, from `docs/guides/`. */
export interface Picture {
  readonly file: string;
  readonly svg: string;
}

/** All of them. */
export function guidePictures(): readonly Picture[] {
  return [
    ...policyPictures().map(({ file, svg }) => ({ file: `policies/${file}`, svg })),
    { file: 'forgetting.svg', svg: changingSvg() },
    { file: 'phases.svg', svg: phasesSvg() },
    { file: 'parameters.svg', svg: dialsSvg() },
    { file: 'budgets.svg', svg: pacingSvg() },
  ];
}

function policyPictures(): readonly Picture[] {
  const banners = SHOWN.map(({ file, title, strategy, minExploration }) => ({
    file,
    svg: momentsSvg(
      `${title}: what is known of three banners, and who sees them, after 50, 500 and 5,000 visitors`,
      runWorld(strategy, minExploration, SEED),
    ),
  }));
  const crowds = SHOWN_TO_CROWDS.map(({ file, title, strategy, minExploration }) => ({
    file,
    svg: crowdsSvg(
      `${title}: what two crowds of visitors are shown of three offers, after 50, 500 and 5,000 visitors`,
      runCrowds(strategy, minExploration, CROWDS_SEED),
    ),
  }));
  return [...banners, ...crowds];
}
