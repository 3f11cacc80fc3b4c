/** Asks ledgers where they stand, and the publisher for what was said of them. */
import type { LedgerSpec } from '../../decisioning/limits/ledger-spec.ts';
import type { LedgerStanding } from '../../durable-objects/budget/protocol.ts';
import type { KeptAlert } from '../../durable-objects/publisher/protocol.ts';
import { budgetStub, publisherStub } from '../../durable-objects/shared/calls.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';

/** Questions under way at a time: as many as an isolate asks of customers for an estimate. */
const MAX_CONCURRENT_LEDGERS = 20;
/** How long an answer waits for its ledgers: those that take longer are named as unavailable. */
export const STANDINGS_BUDGET_MS = 1_500;

/** A ledger of the published catalog, and whose. */
interface Asked {
  readonly workspaceId: string;
  readonly revision: number;
  readonly specs: readonly LedgerSpec[];
}

/** The answer, or undefined when it failed or did not come in time. */
async function within<T>(answer: Promise<T>, leftMs: number): Promise<T | undefined> {
  const late = scheduler.wait(Math.max(0, leftMs)).then(() => undefined);
  return Promise.race([answer.catch(() => undefined), late]);
}

/**
 * Standings in the order of `specs`; undefined for ledgers that do not answer within the budget.
 *
 * @param budgetMs for all of them together
 */
export async function askLedgers(
  env: Env,
  { workspaceId, revision, specs }: Asked,
  budgetMs = STANDINGS_BUDGET_MS,
): Promise<readonly (LedgerStanding | undefined)[]> {
  const untilMs = Date.now() + budgetMs;
  const standings = new Array<LedgerStanding | undefined>(specs.length).fill(undefined);
  const waiting = [...specs.entries()];
  const askOn = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const leftMs = untilMs - Date.now();
      if (leftMs <= 0) return;
      const [i, spec] = next;
      const asking = withRetry(async () =>
        (await budgetStub(env, workspaceId, spec.key)).standing({ workspaceId, spec, revision }),
      );
      standings[i] = await within<LedgerStanding>(asking, leftMs);
    }
  };
  await Promise.all(Array.from({ length: Math.min(MAX_CONCURRENT_LEDGERS, specs.length) }, askOn));
  return standings;
}

/** The workspace's alerts, the latest first; undefined when the publisher does not answer within the budget. */
export async function askAlerts(
  env: Env,
  workspaceId: string,
  budgetMs = STANDINGS_BUDGET_MS,
): Promise<readonly KeptAlert[] | undefined> {
  const asking = withRetry(async () => (await publisherStub(env, workspaceId)).alerts());
  return within<readonly KeptAlert[]>(asking, budgetMs);
}
