/** Trainings that the watch asked for, as people read them. */
import type { TrainingJob } from '../../contract/models/training.ts';
import { momentText, NOTHING } from '../performance/figures.ts';
import { paint, table } from '../terminal.ts';

/** All of them, newest first, and how an open one is answered. */
export function formatJobs(jobs: readonly TrainingJob[]): string {
  if (jobs.length === 0) return 'No training was asked for yet.\n';
  const rows = jobs.map(({ id, model, version, state, askedAt, result }) => [
    `${id} ${model}`,
    String(version),
    state,
    momentText(askedAt),
    result === null ? NOTHING : String(result),
  ]);
  const [head = '', ...lines] = table([['Job', 'follows', 'state', 'asked', 'version'], ...rows]).split('\n');
  const why = jobs.map(
    ({ id, cause, detail, note }) => `  ${id} ${cause}: ${detail}${note === null ? '' : ` (${note})`}`,
  );
  const open = jobs.find(({ state }) => state === 'asked' || state === 'running');
  const hint = open
    ? [
        '',
        `  npm run train -- models/${open.model}/spec.yaml`,
        `  npm run hyperedge -- models push models/${open.model} --job ${open.id}`,
      ]
    : [];
  return [paint('bold', head), ...lines, '', ...why, ...hint, ''].join('\n');
}

/** One of them, after it was taken or given up. */
export function formatJob({ id, model, state, note }: TrainingJob): string {
  return `${paint('green', '✓')} job ${id} (${model}) is ${state}${note === null ? '' : `: ${note}`}\n`;
}
