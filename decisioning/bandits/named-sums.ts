/**
 * Sums beside the fixed ones of {@link ArmStatistics}: named vectors of integers, added element by element. Whoever owns a name knows what its
 * elements mean; the objects that store and merge them do not, so that a new kind of evidence needs no new table.
 *
 * | name | elements |
 * |---|---|
 * | `goal:<goal id>` | trials that reached the goal, Σ value, Σ value² in two parts, trials that it is counted for (see `rewards/goal-sums.ts`) |
 * | `reward:<reward key>` | of a reward that is not binary: trials with a reward other than 0, Σ reward, Σ reward² (see `rewards/reward.ts`) |
 * | `trials:<reward key>` | trials under that reward |
 * | `delay` | conversions by delay bucket |
 * | `source:<site id>` | of watched campaigns: trials shown on that site, conversions, Σ value (see `source-sums.ts`) |
 * | `linear:<features key>`, `:<reward key>` behind it of a reward that is not binary | moments of the trials' features (see `linear/moments.ts`) |
 * | `judged:<id>@<version>`, `model:…`, `ranked:…`, `scores:…` | scores of a model's version, by what judges them; `~` behind it of visitors (see `scoring/watch/score-sums.ts`) |
 * | `arms:<id>@<version>` | what its choice among arms was worth (see `scoring/watch/arm-sums.ts`) |
 * | `inputs:<id>@<version>` | histograms of what it was told (see `scoring/watch/input-sums.ts`) |
 */
export type SumsByName = Readonly<Record<string, readonly number[]>>;

/** Named sums per leaf and arm, as {@link CampaignStatistics} are. */
export type CampaignSums = ReadonlyMap<string, ReadonlyMap<string, SumsByName>>;

/** The longest vector: the moments of 32 features are 561 and what goes with them. */
export const MAX_SUMS_LENGTH = 640;

/** a + b, element by element; commutative and associative, exact while every sum stays below 2^53. @throws RangeError for unequal lengths. */
export function addVectors(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length !== b.length) throw new RangeError(`addVectors: ${a.length} elements and ${b.length}`);
  // A copy and a loop: a quarter of the time that `map` takes, and shards add hundreds of numbers a trial.
  const sum = a.slice();
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + b[i]!;
  return sum;
}

/** Both bodies of evidence together; a name that only one has is kept as it is. @throws RangeError where lengths differ under one name. */
export function addSums(a: SumsByName, b: SumsByName): SumsByName {
  const sum: Record<string, readonly number[]> = Object.create(null) as Record<string, readonly number[]>;
  for (const part of [a, b])
    for (const [name, vector] of Object.entries(part))
      sum[name] = Object.hasOwn(sum, name) ? addVectors(sum[name]!, vector) : vector;
  return sum;
}
