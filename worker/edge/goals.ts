/** Goals as events name them, checked against the directory. */
import type { Directory } from '../../decisioning/catalog/slice.ts';
import type { EventRejection } from '../../decisioning/reasons.ts';
import type { GoalFacts } from '../../durable-objects/customer/protocol.ts';
import type { Auth } from '../http/auth.ts';
import { minorUnits } from './money.ts';

/** The facts that crediting needs, or why the goal is refused. */
export function goalFacts(
  directory: Directory,
  auth: Pick<Auth, 'keyType'>,
  goal: string,
  value: number | undefined,
): GoalFacts | EventRejection {
  const declared = Object.hasOwn(directory.goals, goal) ? directory.goals[goal] : undefined;
  if (!declared) return 'unknown_goal';
  if (declared.source === 'server' && auth.keyType !== 'secret') return 'goal_needs_secret_key';
  const valueMinor = value === undefined ? declared.defaultValueMinor : minorUnits(value, directory.currency);
  return { id: goal, windowMs: declared.windowMs, valueMinor };
}
