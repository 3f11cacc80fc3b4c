/** `GET /v1/budgets`, `/v1/inventory` and `/v1/capacity`, all and one of each: where money, stocks and capacities stand. */
import * as z from 'zod';
import {
  budget,
  budgetsResponse,
  capacityResponse,
  capacityStanding,
  inventory,
  inventoryResponse,
  ledgersQuery,
} from '../../contract/ledgers.ts';
import { slug } from '../../contract/primitives.ts';
import { type LedgerKind, type LedgerSpec, ledgerKey } from '../../decisioning/limits/ledger-spec.ts';
import { makeCursor, readCursor } from '../configuration/cursor.ts';
import { currentCatalog } from '../edge/catalog.ts';
import { askAlerts, askLedgers } from '../edge/ledger-standings.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem, refuse } from '../http/problem.ts';
import { Unavailable } from '../http/unavailable.ts';
import { type Answered, budgetAnswer, capacityAnswer, inventoryAnswer, ledgerIdOf } from './ledgers-answer.ts';

const TAG = 'Money';
const ONE = { 404: { description: '`not_found`: none of this id is published' } };

type Query = z.output<typeof ledgersQuery>;

/** Registers all six. */
export function registerLedgers(app: App): void {
  registerBudgets(app);
  registerInventory(app);
  registerCapacity(app);
}

function registerBudgets(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/budgets',
      tag: TAG,
      summary: 'Where the money of all pools stands',
      description: 'Of the published pools, in the order of ids, live from each of their ledgers.',
      auth: 'secret',
      query: ledgersQuery,
      responses: { 200: { description: 'A page', schema: budgetsResponse } },
    },
    (c, { query }) => listed(c, ['pool'], query, budgetAnswer),
  );
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/budgets/{pool}',
      tag: TAG,
      summary: 'Where the money of a pool stands',
      auth: 'secret',
      params: z.strictObject({ pool: slug }),
      responses: { 200: { description: 'The budget', schema: budget }, ...ONE },
    },
    (c, { params }) => single(c, 'pool', params.pool, budgetAnswer),
  );
}

function registerInventory(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/inventory',
      tag: TAG,
      summary: 'How much of all stocks is left',
      description: 'Of the published stocks, in the order of ids. `GET /v1/stocks` has the documents.',
      auth: 'secret',
      query: ledgersQuery,
      responses: { 200: { description: 'A page', schema: inventoryResponse } },
    },
    (c, { query }) => listed(c, ['stock'], query, inventoryAnswer),
  );
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/inventory/{stock}',
      tag: TAG,
      summary: 'How much of a stock is left',
      auth: 'secret',
      params: z.strictObject({ stock: slug }),
      responses: { 200: { description: 'The inventory', schema: inventory }, ...ONE },
    },
    (c, { params }) => single(c, 'stock', params.stock, inventoryAnswer),
  );
}

function registerCapacity(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/capacity',
      tag: TAG,
      summary: 'How many contacts today still has',
      description: 'Of all channels and campaigns with a capacity a day; campaigns first, each in the order of ids.',
      auth: 'secret',
      query: ledgersQuery,
      responses: { 200: { description: 'A page', schema: capacityResponse } },
    },
    (c, { query }) => listed(c, ['campaign', 'channel'], query, capacityAnswer),
  );
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/capacity/{of}/{id}',
      tag: TAG,
      summary: 'How many contacts a channel or campaign still has today',
      auth: 'secret',
      params: z.strictObject({ of: z.enum(['channels', 'campaigns']), id: slug }),
      responses: { 200: { description: 'The capacity', schema: capacityStanding }, ...ONE },
    },
    (c, { params: { of, id } }) => single(c, of === 'channels' ? 'channel' : 'campaign', id, capacityAnswer),
  );
}

interface Published {
  readonly ledgers: Readonly<Record<string, LedgerSpec>>;
  readonly revision: number;
  readonly currency: string;
}

/** The ledgers of what is published; none before the first publish. */
async function publishedLedgers(c: Call): Promise<Published> {
  const current = await currentCatalog(c.env, c.ctx, c.auth.workspaceId, c.receivedAtMs);
  if (!current) return { ledgers: {}, revision: 0, currency: '' };
  const { directory, manifest } = current.catalog;
  return { ledgers: directory.ledgers ?? {}, revision: manifest.revision, currency: directory.currency };
}

/** Where these stand, or undefined for those that do not answer in time. */
async function standingsOf(
  c: Call,
  specs: readonly LedgerSpec[],
  revision: number,
): Promise<readonly (Answered | undefined)[]> {
  const { workspaceId } = c.auth;
  const done = c.timing.start('ledgers');
  const [standings, alerts] = await Promise.all([
    askLedgers(c.env, { workspaceId, revision, specs }),
    askAlerts(c.env, workspaceId),
  ]);
  done();
  return specs.map((spec, i) => {
    const standing = standings[i];
    return standing && { spec, standing, alerts };
  });
}

async function listed(
  c: Call,
  kinds: readonly LedgerKind[],
  { limit, cursor }: Query,
  answer: (answered: Answered, currency: string) => object,
): Promise<Response> {
  const list = kinds.join('-');
  const after = readCursor(list, cursor);
  if (!after.ok) return refuse(c, after.refusal);
  const { ledgers, revision, currency } = await publishedLedgers(c);
  const keys = Object.keys(ledgers)
    .filter((key) => kinds.some((kind) => kind === ledgerIdOf(key).kind) && key > (after.value ?? ''))
    .toSorted();
  const page = keys.slice(0, limit);
  const all = await standingsOf(
    c,
    page.map((key) => ledgers[key]!),
    revision,
  );
  return c.json({
    items: all.flatMap((answered) => (answered ? [answer(answered, currency)] : [])),
    unavailable: page.filter((_, i) => all[i] === undefined),
    next: keys.length > page.length ? makeCursor(list, page.at(-1)!) : null,
  });
}

async function single(
  c: Call,
  kind: LedgerKind,
  id: string,
  answer: (answered: Answered, currency: string) => object,
): Promise<Response> {
  const key = ledgerKey(kind, id);
  const { ledgers, revision, currency } = await publishedLedgers(c);
  const spec = Object.hasOwn(ledgers, key) ? ledgers[key] : undefined;
  if (!spec) return problem(c, 'not_found', { detail: `Nothing published has ${WORDS[kind]} "${id}"` });
  const [answered] = await standingsOf(c, [spec], revision);
  if (!answered) throw new Unavailable('ledger');
  return c.json(answer(answered, currency));
}

const WORDS: Readonly<Record<LedgerKind, string>> = {
  pool: 'a pool',
  stock: 'a stock',
  channel: 'a capacity of channel',
  campaign: 'a daily capacity of campaign',
};
