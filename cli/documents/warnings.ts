/** What should not surprise anybody about one document, as far as it says it by itself: what takes others to know comes from the server. */
import type { Kind } from '../../contract/configuration/index.ts';
import type { ConditionDocument } from '../../decisioning/catalog/configuration.ts';
import { conditionWarning, ROTATION_WARNING } from '../../decisioning/catalog/warnings.ts';

/** Where in the document, and what. */
export type DocumentWarning = readonly [path: readonly (string | number)[], detail: string];

/** @param body a document that follows the contract, in the form in which it was written. */
export function documentWarnings(kind: Kind, body: Readonly<Record<string, unknown>>): readonly DocumentWarning[] {
  if (kind === 'segment') return ofCondition(['condition'], body.condition);
  if (kind !== 'campaign') return [];
  const { strategyMode, audience, contexts } = body as {
    strategyMode?: string;
    audience?: { condition?: unknown };
    contexts?: readonly { condition: unknown }[];
  };
  return [
    ...(strategyMode === 'rotation' ? [[['strategyMode'], ROTATION_WARNING] as const] : []),
    ...ofCondition(['audience', 'condition'], audience?.condition),
    ...(contexts ?? []).flatMap(({ condition }, i) => ofCondition(['contexts', i, 'condition'], condition)),
  ];
}

function ofCondition(path: readonly (string | number)[], condition: unknown): readonly DocumentWarning[] {
  const detail = condition === undefined ? undefined : conditionWarning(condition as ConditionDocument);
  return detail === undefined ? [] : [[path, detail]];
}
