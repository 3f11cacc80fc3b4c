/**
 * What a publishable key can get says nothing of weights, rules, scores, money or segments: a workspace whose every such thing is a planted mark is
 * asked for all there is, and neither a mark nor a field of such a name is in any answer, nor in the texts that travel inside answers (bundles,
 * tokens). By design a decision has its propensity, a bundle what its page decides with (`docs/guides/page/device.md`), and a model that says
 * `onDevice` is public.
 */
import { env, exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DeviceBundleResponse } from '../../../contract/device.ts';
import { decodeBase64Url } from '../../../decisioning/token/base64url.ts';
import { makeProof, siteSecret } from '../../../worker/edge/identity.ts';
import { apiOf, call, eventually } from '../api.ts';
import { smallModel } from '../models/small-model.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';

const bindings = env as unknown as Env;
let shop: TestWorkspace;
let api: ReturnType<typeof apiOf>;
let heard: string[];

/** Numbers and texts that stand nowhere else. */
const MARKS = {
  conversionWeight: 0.123457,
  revenueWeight: 0.765433,
  priority: 123.4567,
  conversion: 424_242.5,
  exploration: 0.0271828,
  alpha: 3.271828,
  beta: 27.182818,
  cost: 98_765,
  pool: 987_654_321,
  cap: 7_531,
  goalValue: 314_159,
  modelWeight: 0.577215,
  rule: 'RULE-golden',
  segment: 'marked-segment',
  segmentName: 'SEGMENTNAME',
  campaignName: 'CAMPAIGNNAME',
  armName: 'ARMNAME',
  poolId: 'marked-pool',
  group: 'marked-group',
  trait: 'TRAIT-VALUE',
} as const;

/** The worker tells where a request comes from, and a server what a customer's plan is. */
const ofRequest = { 'geo.country': { $ne: MARKS.rule } };
const condition = { plan: { $ne: MARKS.rule } };
const campaign = (id: string, placement: string, more: object) => ({
  kind: 'campaign',
  id,
  name: MARKS.campaignName,
  objective: {
    goal: 'bought',
    conversionWeight: MARKS.conversionWeight,
    revenueWeight: MARKS.revenueWeight,
    priority: MARKS.priority,
  },
  audience: { segment: MARKS.segment, condition },
  placements: [placement],
  arbitration: { value: MARKS.conversion },
  ...more,
});
const prior = { alpha: MARKS.alpha, beta: MARKS.beta };
const arms = ['a', 'b'].map((id) => ({ id, name: MARKS.armName, content: { text: `shown ${id}` }, prior }));

const documents = [
  ...['hero', 'side', 'shy'].map((id) => ({ kind: 'placement', id, name: id, defaultContent: { text: 'default' } })),
  { kind: 'attribute', id: 'plan', type: 'string', source: 'server' },
  { kind: 'attribute', id: 'age', type: 'number', source: 'device' },
  { kind: 'goal', id: 'bought', name: 'Bought', defaultValueMinor: MARKS.goalValue },
  { kind: 'pool', id: MARKS.poolId, name: 'Money', totalMinor: MARKS.pool },
  { kind: 'segment', id: MARKS.segment, name: MARKS.segmentName, condition: ofRequest },
  campaign('demo', 'hero', {
    exclusionGroups: [MARKS.group],
    caps: [{ max: MARKS.cap, per: '1d' }],
    pool: MARKS.poolId,
    score: 'models.churn.probability',
    strategy: { policy: 'thompson', minExploration: MARKS.exploration, modelWeight: MARKS.modelWeight },
    arms: arms.map((arm) => ({ ...arm, costMinor: MARKS.cost })),
  }),
  campaign('local', 'side', {
    audience: { segment: MARKS.segment, condition: ofRequest },
    onDevice: true,
    contexts: [{ id: 'adult', condition: { age: { $gte: 18 } } }],
    arms,
  }),
  // Nobody gets it: a refusal must not tell why.
  campaign('refused', 'shy', { audience: { condition: { plan: MARKS.rule } }, arms }),
];

/** Fields that are never told, whatever their value. */
const INSIDE =
  /weight|priority|rule|segment|audience|score|posterior|pbest|alpha|beta|expected|budget|pool|ledger|salt|cost|price|cap$|caps$|reasons|candidates|trait|touch|profile|allocation|evidence|trials|fatigue|secret|hash$/i;
/** By design in what a page decides with itself; nothing of a server's is in their conditions any more. */
const IN_BUNDLES = new Set(['seed', 'condition', 'contexts', 'leaves', 'rank', 'exploration', 'expected']);

/** Every field and every text of an answer, with what texts hold themselves: JSON, and tokens. */
function insideOf(value: unknown, path = ''): { readonly path: string; readonly value: unknown }[] {
  const here = { path, value };
  if (typeof value === 'string') {
    const payload = /^(?:ht1|pv1)\.[^.]+\.([^.]+)\.[^.]+$/.exec(value)?.[1];
    const text = payload === undefined ? value : (decodeBase64Url(payload) ?? '');
    const isJson = /^[[{]/.test(text);
    return [here, ...(isJson ? insideOf(JSON.parse(text), `${path}~`) : [])];
  }
  if (typeof value !== 'object' || value === null) return [here];
  return [here, ...Object.entries(value).flatMap(([key, child]) => insideOf(child, `${path}/${key}`))];
}

/** What in an answer must not be there: fields by name, marks by value. */
function leaksOf(text: string): string[] {
  const found = insideOf(text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text);
  return found.flatMap(({ path, value }) => {
    const name = path.split(/[/~]/).at(-1) ?? '';
    const isMarked = Object.values(MARKS).some((mark) =>
      typeof mark === 'string'
        ? typeof value === 'string' && value.includes(mark)
        : value === mark || value === String(mark),
    );
    // The keys of a record are told as much as its values.
    const isNamed = INSIDE.test(name) || Object.values(MARKS).some((mark) => name === mark);
    return isMarked || (isNamed && !(path.includes('/signed~') && IN_BUNDLES.has(name)))
      ? [`${path}: ${JSON.stringify(value)}`.slice(0, 200)]
      : [];
  });
}

/** One request as a page makes it, kept with its answer's headers. */
async function hear(path: string, body?: unknown, key = shop.publishableKey, origin = shop.origin): Promise<unknown> {
  const response = await exports.default.fetch(
    new Request(`https://api.example${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', origin },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  heard.push(text, JSON.stringify([...response.headers].filter(([name]) => name !== 'server-timing')));
  return text.startsWith('{') ? JSON.parse(text) : text;
}

beforeAll(async () => {
  shop = await createWorkspace(bindings);
  api = apiOf(shop);
  await publishDemo(bindings, shop, documents);
  await api.secret('POST', '/v1/models', await smallModel());
  await api.secret('PUT', '/v1/models/churn/versions/1/stage', { stage: 'live' });
  await api.secret('PUT', '/v1/customers/crm-1', { traits: { plan: MARKS.trait } });
});

/** Everything that a publishable key can ask, well and badly. */
async function askEverything(): Promise<void> {
  heard = [];
  const secret = await siteSecret(bindings, shop.workspaceId, shop.siteId);
  const known = { id: 'crm-1', proof: await makeProof(secret, 'crm-1', Math.floor(Date.now() / 1_000) + 600) };
  const placements = ['hero', 'side', 'shy', 'unknown'];
  for (const customer of [undefined, known])
    for (const consent of ['granted', 'pending', 'denied']) {
      const asked = { placements, consent, ...(customer && { customer }), sessionId: 's1' };
      const answer = (await hear('/v1/optimize', asked)) as {
        customer: object;
        decisions: { token?: string; outcome: string }[];
      };
      // Money is spent for nobody who may not be remembered.
      const paid = consent === 'granted' ? 'campaign' : 'default';
      expect(answer.decisions.map(({ outcome }) => outcome).slice(0, 3)).toEqual([paid, 'campaign', 'default']);
      for (const { token } of answer.decisions.filter(({ token }) => token !== undefined)) {
        const told = [
          { token, kind: 'exposure' },
          { token, kind: 'goal', goal: 'bought', value: 12 },
          { token, kind: 'goal', goal: 'unknown' },
          { token, kind: 'dispatch' },
        ];
        await hear('/v1/feedback', { events: told });
        for (const one of told) await hear('/v1/feedback', one);
      }
      const who = { customer: customer ?? answer.customer, consent };
      const events = [
        { kind: 'behaviour', name: 'looked' },
        { kind: 'goal', goal: 'bought' },
      ];
      await hear('/v1/events', { ...who, events, traits: { plan: 'x', age: 3, none: 1 } });
      const { bundle } = (await hear('/v1/device/bundle', { placements, ...who })) as DeviceBundleResponse;
      for (const arm of ['a', 'b'])
        await hear('/v1/device/decisions', {
          ...who,
          bundle,
          decisions: [{ placement: 'side', campaign: 'local', arm, leaves: { local: 'adult' } }],
        });
      await hear('/v1/consent', { customer: customer ?? answer.customer, purposes: { ads: false } });
    }
  for (const path of ['/v1/models/churn/device', `/v1/models/churn/files/${'0'.repeat(64)}`]) await hear(path);
  for (const path of ['/v1/nothing', '/v1/campaigns/demo', '/v1/customers/crm-1']) await hear(path);
  for (const path of ['/v1/optimize', '/v1/feedback', '/v1/events', '/v1/device/bundle', '/v1/explain', '/v1/models']) {
    await hear(path, '{');
    await hear(path, { more: 1 });
    await hear(path, { placements }, shop.publishableKey, 'https://evil.test');
  }
}

describe('weights, rules, scores, money and segments', () => {
  it('are in no answer that a publishable key can get', async () => {
    await askEverything();
    expect(heard.length).toBeGreaterThan(150);
    expect(heard.filter((text) => text.includes('"bundle"')).length).toBeGreaterThan(5);
    expect(heard.filter((text) => text.includes('"token"')).length).toBeGreaterThan(3);
    // A problem names fields of the request it is about; those are its words.
    expect(heard.flatMap(leaksOf)).toEqual([]);
  });

  it('are found by the same eyes where they are told: to a secret key, and inside a bundle or a token', async () => {
    const { body } = await api.secret('POST', '/v1/explain', { placements: ['hero'], customer: { id: 'crm-1' } });
    const leaks = leaksOf(JSON.stringify(body)).join('\n');
    expect(leaks).toContain(MARKS.segment);
    expect(leaks).toMatch(/\/candidates/);
    const set = await call('GET', '/v1/campaigns/demo', shop.secretKey);
    for (const mark of [MARKS.conversionWeight, MARKS.priority, MARKS.alpha, MARKS.rule, MARKS.poolId])
      expect(leaksOf(JSON.stringify(set.body)).join('\n')).toContain(String(mark));
    expect(leaksOf(JSON.stringify({ bundle: { signed: '{"places":[{"weight":1}]}' } }))).toHaveLength(1);
    const token = `ht1.k1.${btoa('["demo",0.123457]').replaceAll('=', '')}.mac`;
    expect(leaksOf(JSON.stringify({ token }))).toHaveLength(1);
  });

  it('do not show in what a page may decide: rules of a server are worked out, and gone, before the bundle leaves', async () => {
    const answer = await eventually(
      () => api.page<DeviceBundleResponse>('/v1/device/bundle', { placements: ['side'], consent: 'granted' }),
      ({ body }) => body.bundle !== undefined,
    );
    const { signed } = answer.body.bundle;
    const { places, reads } = JSON.parse(signed) as {
      places: { campaigns: { condition: unknown }[] }[];
      reads: object;
    };
    expect(places[0]!.campaigns[0]!.condition).toBeNull();
    expect(Object.keys(reads)).toEqual(['age']);
  });
});
