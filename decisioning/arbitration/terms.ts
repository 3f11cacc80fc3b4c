/** What a campaign declares for the presets `seed` and `pcvl`. */

export interface ArbitrationTerms {
  /** How well the campaign suits a channel, [0, 1], by channel id; {@link FULL_AFFINITY} for one that is not named. */
  readonly affinity: Readonly<Record<string, number>>;
  /** How well it suits the context, not negative, without a unit. */
  readonly contextWeight: number;
  /** What a conversion is worth, in major units, not negative. */
  readonly value: number;
  /** Where the customer's own worth of a conversion is read (`models.lifetime-value.value`); absent, missing or no amount: `value`. */
  readonly valueFrom?: string | undefined;
  /** The marketer's hand on the scale, not negative, without a unit. */
  readonly lever: number;
  /** The budget it was given, in major units, not negative: declared, not what is left of it. */
  readonly budget: number;
}

/** The affinity of a channel that a campaign says nothing of: every channel suits it. */
export const FULL_AFFINITY = 1;

/** What a campaign that declares nothing is taken at: no term tells for or against it. */
export const NEUTRAL_TERMS: ArbitrationTerms = { affinity: {}, contextWeight: 1, value: 1, lever: 1, budget: 0 };

/** A campaign's affinity for a channel. Ids come from configuration: `constructor` must not find what every object inherits. */
export function affinityOf({ affinity }: ArbitrationTerms, channel: string): number {
  return Object.hasOwn(affinity, channel) ? (affinity[channel] as number) : FULL_AFFINITY;
}
