/** How a campaign chooses among its arms, as the compiler reads it. */

/** How a linear model is fitted; for campaigns with features. */
export interface LinearConfiguration {
  /** Strength of the prior, above 0; 1 when absent. */
  readonly ridge?: number | undefined;
  /** Pairs of parameter ids whose values are learned together as well. */
  readonly interactions?: readonly (readonly string[])[] | undefined;
}

export type StrategyConfiguration =
  | {
      readonly policy: 'thompson' | 'ucb';
      readonly modelWeight?: number | undefined;
      /** Bandit or model, whoever is surer; not beside `modelWeight`. */
      readonly hybrid?: boolean | undefined;
      readonly minExploration: number;
    }
  | {
      readonly policy: 'epsilon_greedy';
      /** [0, 1]. */
      readonly epsilon: number;
      /** Among how many of a leaf's best arms the customer's scores choose; 1 when absent. */
      readonly topArms?: number | undefined;
      readonly minExploration: number;
    }
  | ({
      readonly policy: 'inverse_gap';
      /** Per unit of rate, not negative. */
      readonly gamma: number;
      readonly modelWeight?: number | undefined;
      readonly minExploration: number;
    } & LinearConfiguration)
  | ({
      readonly policy: 'linear_ucb';
      /** Width of the confidence bound in the reward's unit, not negative. */
      readonly alpha: number;
      readonly modelWeight?: number | undefined;
      readonly minExploration: number;
    } & LinearConfiguration)
  | ({
      readonly policy: 'linear_thompson';
      /** Scale of the posterior in the reward's unit, above 0; the rewards' own spread when absent. */
      readonly v?: number | undefined;
      readonly modelWeight?: number | undefined;
      readonly minExploration: number;
    } & LinearConfiguration)
  | {
      readonly policy: 'fixed_split';
      readonly weights: Readonly<Record<string, number>>;
      readonly minExploration: number;
    };

export interface ComparedStrategyConfiguration {
  readonly id: string;
  /** Share of the customers; all even when none has one. */
  readonly share?: number | undefined;
  readonly strategy: StrategyConfiguration;
}
