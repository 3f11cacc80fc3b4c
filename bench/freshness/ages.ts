/** From what isolates knew when they decided to how old that was. Times are of one clock, in milliseconds. */

/** A decision of one campaign: when it was answered, and how many reports its allocation knew. */
export interface Seen {
  readonly atMs: number;
  readonly known: number;
}

/**
 * From a report's acknowledgement to the answer of the first decision that knew it.
 *
 * @param acknowledgedAtMs of every report, in their order
 * @param seen one isolate's decisions, in their order
 * @returns one age for every report that was used
 */
export function untilUsed(acknowledgedAtMs: readonly number[], seen: readonly Seen[]): number[] {
  return acknowledgedAtMs.flatMap((atMs, report) => {
    const first = seen.find(({ known }) => known > report);
    return first ? [Math.max(0, first.atMs - atMs)] : [];
  });
}

/**
 * Of each decision, the age of the oldest report that was acknowledged by then and that it did not know; 0 where it knew all. What an isolate that
 * seldom decides is asked: it cannot use a report before it decides at all.
 */
export function oldestUnknown(acknowledgedAtMs: readonly number[], seen: readonly Seen[]): number[] {
  return seen.map(({ atMs, known }) => Math.max(0, atMs - (acknowledgedAtMs[known] ?? atMs)));
}

/** The value below which so large a share lies. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.min(values.length - 1, Math.floor(share * values.length))] ??
  Number.NaN;
