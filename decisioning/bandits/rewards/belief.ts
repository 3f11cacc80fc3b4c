/** What is believed of an arm's expected reward per trial. */
export interface RewardBelief {
  /** Expected reward per trial, finite, in the reward's unit. */
  readonly mean: number;
  /**
   * Equally likely values of the expected reward, ascending, in the reward's unit: the posterior, cut into `count` equal shares.
   *
   * @param count at least 1.
   */
  readonly points: (count: number) => Float64Array;
}
