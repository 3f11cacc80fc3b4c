/** `budgets` and `alerts`: where money, stocks and capacities stand, and what somebody should look at. */
import { parseArgs } from 'node:util';
import type * as z from 'zod';
import { ALERT_KINDS, type AlertAnswer, alertsResponse } from '../../contract/alerts.ts';
import { budgetsResponse, capacityResponse, inventoryResponse } from '../../contract/ledgers.ts';
import { durationMs } from '../../contract/primitives.ts';
import { didYouMean } from '../../decisioning/did-you-mean.ts';
import { type Api, callApi } from '../api.ts';
import { CommandFailure, EXIT, usageFailure } from '../failure.ts';
import { LOCAL_FOLDER } from '../local.ts';
import { formatAlerts } from '../money/alerts.ts';
import { formatStandings } from '../money/standings.ts';
import { chooseTarget } from '../target.ts';
import { counted, paint } from '../terminal.ts';

/** Pages of a hundred: more than a workspace may have ledgers or keeps alerts. */
const MAX_PAGES = 10;
const PAGE = 100;

interface Page<T> {
  readonly items: readonly T[];
  readonly unavailable?: readonly string[];
  readonly next: string | null;
}

/** All pages of a list. @param path with its query, to which limit and cursor are added. */
async function readAll<T>(api: Api, path: string, schema: z.ZodType<Page<T>>) {
  const items: T[] = [];
  const unavailable: string[] = [];
  let cursor = '';
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const query = `${path.includes('?') ? '&' : '?'}limit=${PAGE}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const page = parsed(api, schema, await get(api, `${path}${query}`));
    items.push(...page.items);
    unavailable.push(...(page.unavailable ?? []));
    if (page.next === null) break;
    cursor = page.next;
  }
  return { items, unavailable };
}

async function get(api: Api, path: string, method: 'GET' | 'POST' = 'GET'): Promise<unknown> {
  const reply = await callApi(api, { method, path });
  if (reply.outcome === 'done') return reply.body;
  const { title, detail, errors = [] } = reply.problem;
  throw new CommandFailure([detail ?? title, ...errors.map((error) => `${error.field}: ${error.detail}`)].join('\n'));
}

function parsed<T>(api: Api, schema: z.ZodType<T>, body: unknown): T {
  const answer = schema.safeParse(body);
  if (answer.success) return answer.data;
  throw new CommandFailure(`${api.site} answers in the words of another version: use its own command line`);
}

function targetOf(values: { readonly site?: string | undefined; readonly key?: string | undefined }): Api {
  const site = values.site ?? (process.env.HYPEREDGE_SITE || undefined);
  return chooseTarget({ site, key: values.key ?? process.env.HYPEREDGE_SECRET_KEY }, LOCAL_FOLDER);
}

const TARGET_OPTIONS = { site: { type: 'string' }, key: { type: 'string' } } as const;

/** Prints where every pool, stock and capacity stands. */
export async function budgets(args: string[]): Promise<number> {
  const options = { ...TARGET_OPTIONS, json: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ args, options });
  const api = targetOf(values);
  const [money, things, contacts] = [
    await readAll(api, '/v1/budgets', budgetsResponse),
    await readAll(api, '/v1/inventory', inventoryResponse),
    await readAll(api, '/v1/capacity', capacityResponse),
  ];
  const standings = {
    budgets: money.items,
    inventory: things.items,
    capacity: contacts.items,
    unavailable: [money, things, contacts].flatMap(({ unavailable }) => unavailable),
  };
  process.stdout.write(values.json ? `${JSON.stringify(standings, null, 2)}\n` : formatStandings(standings));
  return EXIT.ok;
}

/** Prints alerts that nobody acknowledged, or acknowledges one. */
export async function alerts(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...TARGET_OPTIONS,
      kind: { type: 'string' },
      subject: { type: 'string' },
      since: { type: 'string' },
      all: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const [action, ...ids] = positionals;
  if (action !== undefined && action !== 'acknowledge')
    throw usageFailure(`alerts "${action}"${didYouMean(action, ['acknowledge'])}`);
  const { kind, subject, since, all } = values;
  if (kind !== undefined && !ALERT_KINDS.some((known) => known === kind))
    throw usageFailure(`--kind "${kind}"${didYouMean(kind, ALERT_KINDS)}`);
  const query = new URLSearchParams({
    ...(kind !== undefined && { kind }),
    ...(subject !== undefined && { subject }),
    ...(since !== undefined && { since: sinceOf(since, Date.now()) }),
    ...((!all || action === 'acknowledge') && { open: 'true' }),
  });
  if (action === 'acknowledge') {
    const isSearch = all || [kind, subject, since].some((filter) => filter !== undefined);
    if (isSearch === ids.length > 0)
      throw usageFailure(
        'Name the alerts (their ids stand below them), or which by --subject, --kind, --since or --all',
      );
    return acknowledge(targetOf(values), isSearch ? `/v1/alerts?${query}` : ids);
  }
  const { items } = await readAll<AlertAnswer>(targetOf(values), `/v1/alerts?${query}`, alertsResponse);
  if (values.json) process.stdout.write(`${JSON.stringify(items, null, 2)}\n`);
  else
    process.stdout.write(items.length > 0 ? formatAlerts(items) : `No ${all ? '' : 'open '}alerts${about(subject)}.\n`);
  if (!values.json && items.some(({ acknowledged }) => acknowledged === null))
    process.stdout.write(
      `  Seen it? npm run hyperedge -- alerts acknowledge '${items.find((one) => !one.acknowledged)!.id}'\n`,
    );
  return EXIT.ok;
}

/** An id alone may be a campaign's or mean a ledger: whoever finds nothing is told how ledgers are named. */
function about(subject: string | undefined): string {
  if (subject === undefined) return '';
  const ledgers = ['pool', 'stock', 'channel', 'campaign'].map((kind) => `${kind}:${subject}`);
  return ` about "${subject}"${subject.includes(':') ? '' : ` as a campaign; what is spent is told as ${ledgers.join(', ')}`}`;
}

/** @param wanted ids, or the list of those that are meant */
async function acknowledge(api: Api, wanted: readonly string[] | string): Promise<number> {
  const ids =
    typeof wanted === 'string'
      ? (await readAll<AlertAnswer>(api, wanted, alertsResponse)).items.map(({ id }) => id)
      : wanted;
  for (const id of ids) await get(api, `/v1/alerts/${encodeURIComponent(id)}/acknowledge`, 'POST');
  process.stdout.write(`${paint('green', '✓')} ${counted(ids.length, 'alert')} acknowledged\n`);
  return EXIT.ok;
}

/** `24h` or `2026-11-22` as the moment from which alerts count. */
function sinceOf(text: string, nowMs: number): string {
  const agoMs = durationMs(text);
  const atMs = agoMs === undefined ? Date.parse(text) : nowMs - agoMs;
  if (Number.isNaN(atMs))
    throw usageFailure(`--since "${text}" is neither a duration such as 24h nor a day such as 2026-11-22`);
  return new Date(atMs).toISOString();
}
