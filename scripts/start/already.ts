/** A second `npm start` beside one that runs: what of its wishes the running one does not fulfil. Nothing is changed while it runs. */
import type { Running } from '../../cli/local.ts';

export interface Wishes {
  /** The port that `--port` or PORT names. */
  readonly port?: number | undefined;
  /** Whether the shop is wanted at the edge, too. */
  readonly edge?: boolean | undefined;
}

/** What is not as it was wished, a line each; none where the running one is what was asked for. */
export function unfulfilled({ url, edgeUrl, pid }: Running, { port, edge }: Wishes): string[] {
  const ending = `end that one first (Ctrl-C where it runs, or kill ${pid}).`;
  return [
    ...(port !== undefined && new URL(url).port !== `${port}` ? [`Port ${port} is not used: ${ending}`] : []),
    ...(edge && !edgeUrl ? [`Not filled at the edge: ${ending}`] : []),
  ];
}
