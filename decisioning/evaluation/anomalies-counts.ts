/** What arrived of a campaign's feedback within an hour, kept apart by part: all of it, each arm, leaf and source. */

/** Sums of what arrived; an outcome counts in the hour in which it arrives, not in that of its exposure. */
export interface Arrived {
  readonly exposures: number;
  readonly trials: number;
  readonly conversions: number;
  /** Minor units; may be negative. */
  readonly revenueMinor: number;
}

/** By `all`, `arm:<id>`, `leaf:<id>` and `source:<site id>`; a part that nothing arrived of may be missing. */
export type ArrivedByPart = Readonly<Record<string, Arrived>>;

/** What arrived in one hour. */
export interface ArrivedHour {
  /** Hours since the epoch. */
  readonly hour: number;
  readonly parts: ArrivedByPart;
  /** Something of it was odd: no band is learned from it, but its trials were shown all the same. */
  readonly odd?: true;
}

/** The part that holds everything. */
export const ALL_PART = 'all';
export const nothingArrived: Arrived = { exposures: 0, trials: 0, conversions: 0, revenueMinor: 0 };

/** Which list of parts one belongs to: `arm` of `arm:red`, `all` of `all`. */
export function partKind(part: string): string {
  const colon = part.indexOf(':');
  return colon < 0 ? part : part.slice(0, colon);
}

/** The part of an hour; nothing where it is missing. */
export function arrivedOf(parts: ArrivedByPart, part: string): Arrived {
  return Object.hasOwn(parts, part) ? parts[part]! : nothingArrived;
}

/** Both together. */
export function addArrived(a: Arrived, b: Arrived): Arrived {
  return {
    exposures: a.exposures + b.exposures,
    trials: a.trials + b.trials,
    conversions: a.conversions + b.conversions,
    revenueMinor: a.revenueMinor + b.revenueMinor,
  };
}

/** Both hours together, part by part. */
export function addParts(a: ArrivedByPart, b: ArrivedByPart): ArrivedByPart {
  const parts = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...parts].map((part) => [part, addArrived(arrivedOf(a, part), arrivedOf(b, part))]));
}
