/** Goals as events name them, checked against the directory, and what the campaigns they are reported to learn from. */
import type { Directory } from '../../decisioning/catalog/slice.ts';
import { momentsHours } from '../../decisioning/learning/forgetting.ts';
import type { EventRejection } from '../../decisioning/reasons.ts';
import type { GoalFacts, LearningFacts } from '../../durable-objects/customer/protocol.ts';
import type { Auth } from '../http/auth.ts';
import { minorUnits } from './money.ts';

/** A goal as a caller reports it; `value` in major units of `currency`. */
export interface ReportedGoal {
  readonly goal: string;
  readonly value?: number | undefined;
  readonly currency?: string | undefined;
}

/** The facts that crediting needs, or why the goal is refused. */
export function goalFacts(
  directory: Directory,
  auth: Pick<Auth, 'keyType'>,
  { goal, value, currency }: ReportedGoal,
): GoalFacts | EventRejection {
  const declared = Object.hasOwn(directory.goals, goal) ? directory.goals[goal] : undefined;
  if (!declared) return 'unknown_goal';
  if (declared.source === 'server' && auth.keyType !== 'secret') return 'goal_needs_secret_key';
  const { windowMs, defaultValueMinor, unit = 'money' } = declared;
  // One page could undo what many sold: refunds are told by servers, unless the goal is a loss by its own declaration.
  if (value !== undefined && value < 0 && defaultValueMinor >= 0 && auth.keyType !== 'secret')
    return 'negative_value_needs_secret_key';
  // A rate of exchange would be a guess; who reports knows it, and the day it is of.
  if (currency !== undefined && (unit !== 'money' || currency !== directory.currency)) return 'other_currency';
  if (unit === 'money') {
    const valueMinor = value === undefined ? defaultValueMinor : minorUnits(value, directory.currency);
    return { id: goal, windowMs, valueMinor };
  }
  return { id: goal, windowMs, valueMinor: wholeUnits(value ?? defaultValueMinor), unit };
}

/** Halves round away from zero, as those of money do. */
function wholeUnits(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

/** What a published campaign learns from besides whether its goal was reached; undefined when that is all, or the campaign is gone. */
export function learningFacts(directory: Directory, campaignId: string): LearningFacts | undefined {
  const campaign = Object.hasOwn(directory.campaigns, campaignId) ? directory.campaigns[campaignId] : undefined;
  const { reward, secondaryGoals, learning, features } = campaign?.policy ?? {};
  const width = features && momentsHours(learning?.halfLifeMs);
  const facts: LearningFacts = {
    ...(reward && { reward }),
    ...(secondaryGoals && { secondaryGoals }),
    ...(learning?.delayCorrection && { delay: true }),
    ...(learning?.watch && { watch: true }),
    ...(width !== undefined && width !== momentsHours(undefined) && { momentsHours: width }),
  };
  return Object.keys(facts).length > 0 ? facts : undefined;
}
