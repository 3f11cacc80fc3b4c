/** What a change of a stored decision adds to the decision log: nothing where its campaign asked no model. */
import type { LogLine } from '../../contract/models/decision-log.ts';
import type { Receipt } from '../../decisioning/receipt.ts';
import type { StoredDecision } from './protocol.ts';

/** Without what the sender makes of the decision's id. */
type Without<T> = T extends LogLine ? Omit<T, 'key' | 'decision'> : never;
export type UnsentLine = Without<LogLine> & { readonly decisionId: string };

/**
 * The lines of a change, in their order. The same change told again gives the same lines, so that readers can tell them apart by their keys.
 *
 * @param receipt of a decision that is new
 */
export function logLines(
  before: StoredDecision | undefined,
  after: StoredDecision,
  receipt: Receipt | undefined,
): readonly UnsentLine[] {
  const { record, models } = after;
  if (!models) return [];
  const about = { format: 1 as const, decisionId: record.decisionId, campaign: record.campaignId };
  const lines: UnsentLine[] = [];
  if (receipt && !before)
    lines.push({
      ...about,
      kind: 'decision',
      at: iso(record.atMs),
      arm: record.armId,
      leaf: record.leaf,
      goal: record.goal,
      propensityCampaign: record.propensityCampaign,
      propensityArm: record.propensityArm,
      models: scoringsOf(receipt, Object.keys(models), `${record.campaignId}/${record.armId}`),
    });
  if (after.exposedAtMs !== null && (before?.exposedAtMs ?? null) === null)
    lines.push({ ...about, kind: 'exposure', at: iso(after.exposedAtMs), trial: after.isTrial });
  for (const { goal, atMs, valueMinor, orders } of after.outcomes) {
    const known = before?.outcomes.find((one) => one.goal === goal);
    if (known && known.valueMinor === valueMinor && known.orders.length === orders.length) continue;
    lines.push({ ...about, kind: 'outcome', at: iso(atMs), goal, value: valueMinor, orders: orders.length });
  }
  return lines;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** As the receipt has them: of a model that reads arms the chosen arm's. */
function scoringsOf({ models = {} }: Receipt, ids: readonly string[], arm: string) {
  return Object.fromEntries(
    ids.flatMap((id) => {
      const uses = Object.hasOwn(models, id) ? models[id] : undefined;
      const { used, shadow } = uses?.arms?.[arm] ?? uses ?? {};
      return used || shadow ? [[id, { ...(used && { used }), ...(shadow && { shadow }) }]] : [];
    }),
  );
}
