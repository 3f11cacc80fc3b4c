/** Trials as customers' objects tell a campaign's shard of them, many at once: what comes of a thousand visits without the visits. */
import { env } from 'cloudflare:workers';
import type { SumsByName } from '../../../decisioning/bandits/named-sums.ts';
import type { KeptUse } from '../../../decisioning/scoring/kept-use.ts';
import { modelSumsOfConversion, modelSumsOfTrial } from '../../../decisioning/scoring/watch/trial.ts';
import { shardStub } from '../../../durable-objects/shared/stub.ts';

const HOUR_MS = 3_600_000;

/** So many trials that are all alike. */
export interface ToldTrials {
  readonly trials: number;
  readonly conversions?: number;
  readonly use: KeptUse;
  readonly atMs: number;
}

const times = (sums: SumsByName, n: number): SumsByName =>
  Object.fromEntries(Object.entries(sums).map(([name, vector]) => [name, vector.map((value) => value * n)]));

/** Tells campaign `demo`'s only shard, as the outbox of one customer would, of arm `a` in the leaf `rest`. */
export async function tellTrials(workspaceId: string, customer: string, told: readonly ToldTrials[]): Promise<void> {
  const events = told.flatMap(({ trials, conversions = 0, use, atMs }) => {
    const trial = { models: { churn: { used: use } }, goal: 'click' };
    const cell = { leaf: 'rest', arm: 'a', hour: Math.floor(atMs / HOUR_MS) };
    return [
      { ...cell, change: { trials } },
      ...modelSumsOfTrial(trial).map((sums) => ({ ...cell, change: {}, sums: times(sums, trials) })),
      ...(conversions > 0
        ? [
            { ...cell, change: { conversions } },
            ...modelSumsOfConversion(trial).map((sums) => ({ ...cell, change: {}, sums: times(sums, conversions) })),
          ]
        : []),
    ];
  });
  const shard = await shardStub(env as never, workspaceId, 'demo', 0);
  const address = { workspaceId, campaignId: 'demo', shard: 0 };
  await shard.apply({
    ...address,
    source: `${customer}:1`,
    events: events.map((event, i) => ({ seq: i + 1, ...event })),
  });
}
