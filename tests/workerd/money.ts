/** What tests of pools, stocks and capacities start from: documents, where ledgers stand, and a network that loses replies. */
import { createExecutionContext } from 'cloudflare:test';
import type { OptimizeResponse } from '../../contract/decisions.ts';
import type { Random } from '../../decisioning/random.ts';
import type { LedgerStanding } from '../../durable-objects/budget/protocol.ts';
import { budgetStub } from '../../durable-objects/shared/stub.ts';
import { createApp } from '../../worker/app.ts';
import { knownCatalog } from '../../worker/edge/catalog.ts';
import type { TestWorkspace } from './workspace.ts';

type Documents = { kind: string; [field: string]: unknown }[];

/** A placement `offer` with one campaign `gift` for everyone: costs by arm id, further fields of the campaign, further documents. */
export function giftDocuments(
  costs: Readonly<Record<string, number>>,
  fields: Record<string, unknown>,
  ...more: Documents
): Documents {
  const arms = Object.entries(costs).map(([id, costMinor]) => ({ id, content: { text: id }, costMinor }));
  const objective = { goal: 'click' };
  return [
    { kind: 'placement', id: 'offer', name: 'Offer', defaultContent: { text: 'nothing' } },
    { kind: 'campaign', id: 'gift', name: 'Gift', objective, placements: ['offer'], arms, ...fields },
    ...more,
  ];
}

/** The stub of a ledger. */
export function ledgerStub(env: Env, { workspaceId }: TestWorkspace, key: string) {
  return budgetStub(env, workspaceId, key);
}

/** Where a ledger stands, as the catalog of this isolate declares it; at least one request must have been made before. */
export async function standingOf(env: Env, workspace: TestWorkspace, key: string): Promise<LedgerStanding> {
  const { directory, manifest } = knownCatalog(workspace.workspaceId)!;
  const { workspaceId } = workspace;
  const stub = await ledgerStub(env, workspace, key);
  return stub.standing({ workspaceId, spec: directory.ledgers![key]!, revision: manifest.revision });
}

/** posted + pending + leased + remaining − total: 0, always. */
export function imbalanceOf({ posted, pending, leased, remaining, total }: LedgerStanding): number {
  return posted + pending + leased + remaining - total;
}

/** Calls of methods of a namespace's objects, `decide` or `lease`, before they are made; it may make them, or throw. */
export type Intercept = (method: string, make: () => Promise<unknown>, args: unknown[]) => Promise<unknown>;

/** A namespace whose calls pass through `intercept`. */
export function intercepted(namespace: object, intercept: Intercept): object {
  type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>;
  const getByName = (name: string): object => {
    const stub = (namespace as { getByName(name: string): Methods }).getByName(name);
    const methodOf =
      (method: string) =>
      (...args: unknown[]) =>
        intercept(method, () => stub[method]!(...args), args);
    // Stubs pass through `await`: they must not look like promises.
    return new Proxy({}, { get: (_, method: string) => (method === 'then' ? undefined : methodOf(method)) });
  };
  return { getByName };
}

/** What a caller sees when the way to an object, or back from it, fails. */
export function lostOnTheWay(): Error {
  return Object.assign(new Error('lost on the way'), { retryable: true });
}

/** Loses calls and replies, each this often. */
export function lossy(namespace: object, random: Random, rate: number, methods: readonly string[]): object {
  return intercepted(namespace, async (method, make) => {
    if (!methods.includes(method)) return make();
    if (random.next() < rate) throw lostOnTheWay();
    const reply = await make();
    if (random.next() < rate) throw lostOnTheWay();
    return reply;
  });
}

const app = createApp();

/** `/v1/optimize` with parts of the environment replaced. What the worker does behind its answer goes on. */
export async function optimizeWith(
  env: object,
  workspace: TestWorkspace,
  body: Record<string, unknown>,
): Promise<{ readonly body: OptimizeResponse; readonly headers: Headers }> {
  const request = new Request('https://api.example/v1/optimize', {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const response = await app.fetch(request, env as Env, createExecutionContext());
  return { body: (await response.json()) as OptimizeResponse, headers: response.headers };
}
