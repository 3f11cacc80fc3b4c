/**
 * How the arms of a campaign are made of its parameters. Every arm has one value of each parameter; combinations that were excluded are no
 * arms.
 */
export interface ParameterDesign {
  /** In the order in which they are declared; values likewise. */
  readonly parameters: readonly { readonly id: string; readonly values: readonly string[] }[];
  /** Arm id → the index of its value in each parameter, in the order of `parameters`. */
  readonly arms: Readonly<Record<string, readonly number[]>>;
}
