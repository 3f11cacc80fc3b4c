/** One request of each operation that succeeds: what schemas alone cannot know, namely which ids, tokens and versions belong together. */
import { documents, type Known, type World } from './world.ts';

/** What is put in the place of parameters and body; what is missing is made from the schemas. */
export interface Sample {
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A parameter whose value goes by the path it stands in, `id` above all. */
export function namesOf(path: string, parameter: string): string {
  if (parameter === 'id') return path.split('/')[2]!;
  if (parameter === 'pool' || parameter === 'stock') return `${parameter}s`;
  return parameter;
}

const KIND_BY_COLLECTION: Readonly<Record<string, string>> = {
  campaigns: 'campaign',
  segments: 'segment',
  placements: 'placement',
  channels: 'channel',
  goals: 'goal',
  attributes: 'attribute',
  pools: 'pool',
  stocks: 'stock',
};

function documentOf(collection: string): Record<string, unknown> {
  const { kind: _, ...document } = documents.find(({ kind }) => kind === KIND_BY_COLLECTION[collection])!;
  return JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
}

/** Writing a document: its own path, a new one for POST, the version that is there for PUT. */
function configurationSample(method: string, path: string): Sample | undefined {
  const [, , collection = '', id] = path.split('/');
  if (!(collection in KIND_BY_COLLECTION) || path.split('/').length > 4) return undefined;
  const document = documentOf(collection);
  if (method === 'POST') return { body: { ...document, id: `new${collection}` } };
  const params = id === undefined ? {} : { params: { id: String(document.id) } };
  return method === 'PUT' ? { ...params, body: document, headers: { 'if-match': '"1"' } } : params;
}

const SITE = { id: 'app', name: 'App', kind: 'app' };
const SHOP = { id: 'shop', name: 'Shop', kind: 'web', origins: ['https://shop.example'], consent: 'not_required' };

function otherSamples(known: Known, placements: readonly unknown[]): Readonly<Record<string, Sample>> {
  const [token, other] = known.token as unknown as [string, string];
  const [id] = known.customers as unknown as [string];
  const customer = { id, proof: known.proof![0] };
  const params = { id: 'demo' };
  const events = [
    { token, kind: 'exposure' },
    { token: other, kind: 'goal', goal: 'click', value: 3 },
  ];
  return {
    'POST /v1/optimize': { body: { placements, customer, context: { attributes: { plan: 'gold' } } } },
    'POST /v1/feedback': { body: { events } },
    'POST /v1/device/bundle': { body: { placements: ['inner'], consent: 'granted' } },
    'POST /v1/device/decisions': {
      body: {
        bundle: known.bundle![0],
        decisions: [{ placement: 'inner', campaign: 'local', arm: 'a', leaves: { local: 'rest' } }],
        consent: 'granted',
      },
    },
    'POST /v1/events': {
      body: { customer, traits: { plan: 'gold' }, events: [{ kind: 'goal', goal: 'click' }] },
    },
    'POST /v1/explain': { body: { placements, models: ['churn'], customer } },
    'POST /v1/consent': { body: { customer, purposes: { ads: true } } },
    'POST /v1/kill-switch': { body: { on: false, reason: 'over' } },
    'POST /v1/sites/{id}/keys': { body: { type: 'secret' } },
    'POST /v1/training-jobs/{id}': { body: { state: 'running' } },
    'PUT /v1/settings': { body: { currency: 'EUR' }, headers: { 'if-match': '"1"' } },
    'POST /v1/push': { body: { documents } },
    'POST /v1/sites': { body: SITE },
    'PUT /v1/sites/{id}': { params: { id: 'shop' }, body: SHOP, headers: { 'if-match': '"1"' } },
    'POST /v1/campaigns/{id}/preview': { params, body: { arm: 'a' } },
    'POST /v1/campaigns/{id}/learning/release': { params, body: { keep: 'all' } },
    'GET /v1/campaigns/{id}/lifecycle': { params: { id: 'careful' } },
    'PUT /v1/campaigns/{id}/lifecycle': { params: { id: 'careful' }, body: { mode: 'hold' } },
    'GET /v1/campaigns/{id}/strategies/performance': { params: { id: 'contest' } },
    'GET /v1/campaigns/{id}/parameters/performance': { params: { id: 'mixed' } },
    'GET /v1/capacity/{of}/{id}': { params: { of: 'channels', id: 'letters' } },
    'PUT /v1/models/{id}/versions/{version}/stage': {
      params: { id: 'churn', version: '2' },
      body: { stage: 'shadow' },
    },
    'DELETE /v1/models/{id}/versions/{version}': { params: { id: 'churn', version: '3' } },
    'POST /v1/models/{id}/score': { body: { context: { attributes: { tenureMonths: 3 } } } },
    'POST /v1/audience/estimate': { body: { condition: { plan: 'gold' } } },
    'POST /v1/models': { body: known.upload![0] },
  };
}

/** The sample of an operation, empty where its schemas and what is known are enough. */
export function sampleOf(world: World, method: string, path: string): Sample {
  const placements = ['hero', 'side', 'letter', 'inner', 'mixed', 'foot', 'head'];
  return otherSamples(world.known, placements)[`${method} ${path}`] ?? configurationSample(method, path) ?? {};
}
