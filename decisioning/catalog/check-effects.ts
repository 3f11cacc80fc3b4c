/** Whether a campaign that learns by effects has effects to learn. */
import type { CampaignConfiguration } from './configuration.ts';
import type { Report } from './problems.ts';

/** Values of all parameters of a campaign that learns by effects: with so many, eight leaves of 512 arms take 0.15 s to fit. */
export const MAX_LEARNED_VALUES = 128;

/** Effects are told apart by arms that share a value: from two parameters on. */
const MIN_PARAMETERS = 2;

/** Everything about `learning.by` that the parameters decide. */
export function checkEffects({ learning, parameters }: CampaignConfiguration, at: string, report: Report): void {
  if (learning?.by !== 'effects') return;
  if (!parameters) {
    report(`${at}/learning/by`, 'effects are those of parameters: the campaign declares arms instead of parameters');
    return;
  }
  if (parameters.length < MIN_PARAMETERS)
    report(`${at}/learning/by`, 'with one parameter its values are the arms: learn by arms, or declare another');
  const values = parameters.reduce((sum, parameter) => sum + parameter.values.length, 0);
  if (values > MAX_LEARNED_VALUES)
    report(`${at}/learning/by`, `${values} values of parameters are too many; at most ${MAX_LEARNED_VALUES}`);
}
