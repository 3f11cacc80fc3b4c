/** Reads the decision log back: what models were told, with what came of it, as rows to train on or to compare versions by. */
import type { LoggedDecision, LoggedScoring, LogLine } from '../../contract/models/decision-log.ts';

/** A decision that was seen, with its outcome. */
export interface LoggedTrial {
  readonly decision: LoggedDecision;
  /** The scoring of the version in charge; undefined where none was. */
  readonly used: LoggedScoring | undefined;
  readonly shadow: LoggedScoring | undefined;
  /** Whether the decision's own goal was reached. */
  readonly converted: boolean;
  /** What was credited for it, in the goal's unit. */
  readonly value: number;
}

/**
 * Trials of a model among lines in any order: told twice they count once, by their keys, and of several words about one goal the one with the most orders
 * counts. Decisions that nobody saw are left out.
 *
 * @param text NDJSON, of as many files as there are, one behind the other
 * @throws SyntaxError for a line that is no JSON
 */
export function loggedTrials(text: string, model: string): readonly LoggedTrial[] {
  const lines = new Map<string, LogLine>();
  for (const one of text.split('\n')) {
    if (one.trim() === '') continue;
    const line = JSON.parse(one) as LogLine;
    lines.set(line.key, line);
  }
  const seen = new Set<string>();
  const values = new Map<string, { readonly orders: number; readonly value: number }>();
  for (const line of lines.values()) {
    if (line.kind === 'exposure' && line.trial) seen.add(line.decision);
    if (line.kind !== 'outcome') continue;
    const key = `${line.decision} ${line.goal}`;
    if (line.orders >= (values.get(key)?.orders ?? 0)) values.set(key, line);
  }
  return [...lines.values()].flatMap((line): LoggedTrial[] => {
    if (line.kind !== 'decision' || !seen.has(line.decision) || !Object.hasOwn(line.models, model)) return [];
    const outcome = values.get(`${line.decision} ${line.goal}`);
    const { used, shadow } = line.models[model]!;
    return [{ decision: line, used, shadow, converted: outcome !== undefined, value: outcome?.value ?? 0 }];
  });
}
