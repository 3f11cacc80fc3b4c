/** The shop's gifts over the whole way: whoever comes back is thanked, and budgets, inventory and alerts tell of it. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { AlertAnswer } from '../../contract/alerts.ts';
import type { DecisionAnswer } from '../../contract/decisions.ts';
import type { Budget, Inventory } from '../../contract/ledgers.ts';
import banner from '../../examples/shop/campaigns/banner.yaml?raw';
import hero from '../../examples/shop/campaigns/hero.yaml?raw';
import recommendation from '../../examples/shop/campaigns/recommendation.yaml?raw';
import shop from '../../examples/shop/campaigns/shop.yaml?raw';
import thankYou from '../../examples/shop/campaigns/thank-you.yaml?raw';
import { apiOf, eventually } from './api.ts';
import { createWorkspace } from './workspace.ts';

type Document = { readonly kind: string; readonly [field: string]: unknown };
const documents = [shop, banner, hero, recommendation, thankYou]
  .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Document))
  // Who is held out sees nothing, and does not count as returning.
  .map((document) => ('holdout' in document ? { ...document, holdout: 0 } : document))
  // Just after midnight the plan has no bag yet; two bags are soon half of them.
  .map((document) => (document.kind === 'pool' ? { ...document, pacing: { mode: 'none' } } : document))
  .map((document) => (document.kind === 'stock' ? { ...document, total: 2, alertsAt: [0.5] } : document));

it('a returning visitor gets a bag, once: 3.50 € are spent, a bag is gone, an alert is raised', async () => {
  const workspace = await createWorkspace(env as unknown as Env);
  const api = apiOf(workspace);
  expect((await api.secret('POST', '/v1/push', { documents })).status).toBe(200);
  const customer = { id: 'ann' };
  const decide = async (placements: string[]): Promise<readonly DecisionAnswer[]> =>
    (await api.optimize({ placements, customer })).body.decisions;
  const see = (decisions: readonly DecisionAnswer[]) =>
    api.feedback({ events: decisions.map(({ token }) => ({ token, kind: 'exposure' })) });

  const first = await decide(['hero', 'banner']);
  expect(first[1]).toMatchObject({ campaign: 'delivery-message' });
  await see(first);

  // Leases are asked for by the first who needs them.
  const [gift] = await eventually(
    () => decide(['banner']),
    ([decision]) => decision?.campaign === 'thank-you',
  );
  expect(gift).toMatchObject({ campaign: 'thank-you', outcome: 'campaign' });
  await see([gift!]);
  expect((await decide(['banner']))[0]).toMatchObject({ campaign: 'delivery-message' });

  const budget = await eventually(
    async () => (await api.secret<Budget>('GET', '/v1/budgets/thank-yous')).body,
    ({ posted }) => posted.minor > 0,
  );
  expect(budget).toMatchObject({
    posted: { minor: 350, amount: '3.50' },
    total: { amount: '200.00' },
    currency: 'EUR',
  });
  const bags = async () => (await api.secret<Inventory>('GET', '/v1/inventory/linen-bags')).body;
  expect(await eventually(bags, ({ posted }) => posted > 0)).toMatchObject({ posted: 1, total: 2, spentShare: 0.5 });
  const told = async () =>
    (await api.secret<{ items: AlertAnswer[] }>('GET', '/v1/alerts?subject=stock:linen-bags')).body;
  expect((await eventually(told, ({ items }) => items.length > 0)).items).toMatchObject([
    { kind: 'ledger_threshold', detail: { share: 0.5, posted: 1, total: 2 }, acknowledged: null },
  ]);
  expect((await bags()).alerts).toHaveLength(1);
});
