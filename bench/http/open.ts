/**
 * Open loops of ours beside the bare worker's at the same rate: at half of what the bare worker can take, where ours can, and at half of what ours can.
 * What makes objects stands beside bare calls that do.
 */
import type { Stretch } from './load.ts';
import type { CallName } from './scenarios.ts';

/** Of what can be taken. */
const SHARE = 0.5;
/** Beyond so much of what ours can take its queue alone would be measured. */
const MAX_SHARE_OF_OURS = 0.9;
/** How much longer than the bare worker's slowest hundredth ours may take, at half of bare saturation. */
const MAX_P99_OF_BARE = 1.5;

const p99 = (stretches: readonly Stretch[]): number => {
  const times = stretches.flatMap((stretch) => stretch.times).toSorted((one, other) => one - other);
  return times[Math.floor(0.99 * times.length)] ?? Number.NaN;
};
const sum = (stretches: readonly Stretch[], of: (stretch: Stretch) => number): number =>
  stretches.reduce((total, stretch) => total + of(stretch), 0);

/** A kind of call of ours, with the bare worker's beside it. */
export interface OpenCall {
  readonly name: CallName;
  readonly bare: CallName;
}

/**
 * Measures and prints. A missed bound sets the exit code; an answer that was not meant misses it, too: it may be quick because it is wrong.
 *
 * @param saturation of a kind of call, a second, in the closed loop
 * @param send one open stretch of a kind of call at a rate
 * @returns the figures by name
 */
export async function measureOpen(
  calls: readonly OpenCall[],
  saturation: (name: CallName) => number,
  send: (name: CallName, perSecond: number) => Promise<Stretch>,
  rounds: number,
): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  console.log('\n  open loop                    a second   99 % ms   bare 99 % ms   of bare  not meant   not sent');
  for (const { name, bare: bareName } of calls)
    for (const [of, rate] of [
      ['bare', SHARE * saturation(bareName)],
      ['own', SHARE * saturation(name)],
    ] as const) {
      if (rate > MAX_SHARE_OF_OURS * saturation(name)) {
        const text = `${rate.toFixed(0)} a second are beyond the ${saturation(name).toFixed(0)} that ours takes`;
        console.log(`  ${`${name}, half of ${of}`.padEnd(27)}  MISSED: ${text}`);
        process.exitCode = 1;
        continue;
      }
      const [ours, bare]: [Stretch[], Stretch[]] = [[], []];
      for (let round = 0; round < rounds; round += 1)
        // In turns, so that both meet the same machine.
        for (const isOurs of round % 2 === 0 ? [true, false] : [false, true])
          (isOurs ? ours : bare).push(await send(isOurs ? name : bareName, rate));
      const ratio = p99(ours) / p99(bare);
      const notSent = sum(ours, (stretch) => stretch.notSent ?? 0);
      const failed = sum(ours, (stretch) => stretch.failed);
      Object.assign(figures, {
        [`http.open.${name}.half_of_${of}.per_second`]: rate,
        [`http.open.${name}.half_of_${of}.p99_ms`]: p99(ours),
        [`http.open.${name}.half_of_${of}.p99_of_bare`]: ratio,
        [`http.open.${name}.half_of_${of}.not_sent`]: notSent,
        [`http.open.${name}.half_of_${of}.not_meant`]: failed,
      });
      // What is asked is asked at half of bare saturation; at half of our own it is told.
      const holds = of === 'own' || (ratio <= MAX_P99_OF_BARE && notSent + failed === 0);
      if (!holds) process.exitCode = 1;
      const cells = [rate.toFixed(0), p99(ours).toFixed(1), p99(bare).toFixed(1), ratio.toFixed(2)];
      const counts = [failed, notSent].map(String);
      const widths = [10, 10, 15, 10, 10, 11];
      const text = [...cells, ...counts].map((cell, i) => cell.padStart(widths[i]!)).join('');
      const verdict =
        of === 'own' ? '' : holds ? '  holds' : `  MISSED: at most ${MAX_P99_OF_BARE}, all of them sent and meant`;
      console.log(`  ${`${name}, half of ${of}`.padEnd(27)}${text}${verdict}`);
    }
  return figures;
}
