/** What `npm run regret -- --world factored` prints: conversions and regret of each learner in each world. */
import { type Regret, regretOf } from './bandit.ts';
import {
  FACTORED_WORLDS,
  type FactoredRun,
  type FactoredWorld,
  factoredRun,
  LEARNERS,
  type Learner,
} from './factored.ts';

/** One row of the table. */
export interface FactoredRow {
  readonly world: string;
  readonly regret: Regret;
  /** Expected conversions earned, mean of the runs. */
  readonly earned: number;
  /** Regret of learning arm by arm minus this one, run by run in the same worlds: its mean and standard error. */
  readonly saved: { readonly mean: number; readonly standardError: number };
}

/** @param onRun told before every run: how many are done of how many, and which learner plays. */
export function factoredRows(
  runs: number,
  choices: number,
  onRun: (done: number, total: number, name: string) => void = () => {},
  learners: readonly Learner[] = LEARNERS,
  worlds: readonly FactoredWorld[] = FACTORED_WORLDS,
): FactoredRow[] {
  const playersOf = ({ contexts }: FactoredWorld) =>
    // Joint draws know one context alone.
    learners.filter((learner) => contexts.length === 1 || learner !== 'effects, drawn jointly');
  const total = worlds.reduce((sum, world) => sum + playersOf(world).length * runs, 0);
  let done = 0;
  const play = (world: FactoredWorld, learner: Learner): FactoredRun[] =>
    Array.from({ length: runs }, (_, run) => {
      onRun(done++, total, `${learner}, ${world.name}`);
      return factoredRun(learner, world, choices, run + 1);
    });
  return worlds.flatMap((world) => {
    const played = playersOf(world).map((learner) => [learner, play(world, learner)] as const);
    const [, byArms] = played.find(([learner]) => learner === 'arms') ?? played[0]!;
    return played.map(([learner, all]) => rowOf(world, learner, all, byArms));
  });
}

function rowOf(
  world: FactoredWorld,
  learner: Learner,
  all: readonly FactoredRun[],
  byArms: readonly FactoredRun[],
): FactoredRow {
  const regret = regretOf(
    learner,
    all.map(({ curve }) => curve),
  );
  const best = all.reduce((sum, run) => sum + run.best, 0) / all.length;
  const saved = regretOf(
    learner,
    all.map(({ curve }, run) => [byArms[run]!.curve.at(-1)! - curve.at(-1)!]),
  );
  return { world: world.name, regret, earned: best - regret.mean, saved };
}

/** Heading and rows as text. */
export function factoredCells(rows: readonly FactoredRow[]): string[][] {
  const figure = ({ mean, standardError }: FactoredRow['saved']) => `${mean.toFixed(1)} ± ${standardError.toFixed(1)}`;
  return [
    ['world, learned by', 'conversions', 'regret', 'less than by arms'],
    ...rows.map(({ world, regret, earned, saved }) => [
      `${world}, ${regret.name}`,
      earned.toFixed(0),
      figure(regret),
      regret.name === 'arms' ? '' : figure(saved),
    ]),
  ];
}
