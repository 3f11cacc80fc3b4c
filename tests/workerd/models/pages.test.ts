/** Models that pages have: what is public of them, and campaigns that pages decide by their scores. */
import { env, exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DeviceBundleResponse, DeviceDecisionsResponse } from '../../../contract/device.ts';
import type { ModelVersion } from '../../../contract/models/registry.ts';
import type { Problem } from '../../../contract/problem.ts';
import { deviceResolver } from '../../../decisioning/device/attributes.ts';
import type { DeviceBundle } from '../../../decisioning/device/bundle.ts';
import { decideOnDevice, leavesOf } from '../../../decisioning/device/open-place.ts';
import type { DeviceModel } from '../../../decisioning/scoring/on-device.ts';
import { sha256Of } from '../../../worker/models/store.ts';
import { apiOf, call, eventually } from '../api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';
import { base64Of, erfGraph, smallModel, uploadOf } from './small-model.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

const documents = [
  { kind: 'placement', id: 'hero', name: 'Hero' },
  {
    kind: 'campaign',
    id: 'stay',
    name: 'Stay',
    onDevice: true,
    objective: { goal: 'click' },
    placements: ['hero'],
    audience: { condition: { 'models.churn.probability': { $gt: 0.7 } } },
    arms: [{ id: 'a', content: { text: 'stay' } }],
  },
];

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, documents);
});

const register = async (...args: Parameters<typeof smallModel>) =>
  (await api.secret<ModelVersion>('POST', '/v1/models', await smallModel(...args))).body;
const stage = (version: number, body: object) =>
  api.secret<ModelVersion>('PUT', `/v1/models/churn/versions/${version}/stage`, body);
/** As a page asks: no header but its origin. */
const get = <T>(path: string, origin = workspace.origin, key = workspace.publishableKey) =>
  call<T>('GET', `${path}?key=${key}`, undefined, undefined, { origin });
/** The same, of what is no JSON. */
const fetchRaw = (path: string): Promise<Response> =>
  exports.default.fetch(
    new Request(`https://api.example${path}?key=${workspace.publishableKey}`, {
      headers: { origin: workspace.origin },
    }),
  );
const told = () => get<DeviceModel>('/v1/models/churn/device');

describe('a model for pages', () => {
  it('is told to pages once it serves: how to encode, and where the file is, which never changes', async () => {
    const { file, manifest } = await smallModel({}, { onDevice: true, baseline: 0.2 });
    await register({}, { onDevice: true, baseline: 0.2, watch: { goal: 'click' } });
    expect((await told()).status).toBe(404);
    await stage(1, { stage: 'live' });
    const { body, headers } = await eventually(told, ({ status }) => status === 200);
    expect(headers.get('cache-control')).toBe('public, max-age=60');
    // Without the key in its address it is the same for every workspace.
    const asked = { origin: workspace.origin };
    const byHeader = await call('GET', '/v1/models/churn/device', workspace.publishableKey, undefined, asked);
    expect(byHeader.headers.get('cache-control')).toBe('private, max-age=60');
    // Nor is it told to all under an address with a key of somebody else: the one in the header was gone by.
    const other = `/v1/models/churn/device?key=pk_${'0'.repeat(32)}`;
    const byBoth = await call('GET', other, workspace.publishableKey, undefined, asked);
    expect(byBoth.headers.get('cache-control')).toBe('private, max-age=60');
    expect(body).toMatchObject({ id: 'churn', versions: [{ version: 1, stage: 'live' }] });
    const [version] = body.versions;
    expect(Object.keys(version!).toSorted()).toEqual(['device', 'file', 'manifest', 'stage', 'version']);
    expect(version!.device).not.toHaveProperty('baseline');
    expect(version!.device).not.toHaveProperty('watch');
    expect(version!.device.inputs).toEqual(manifest.inputs.map(({ label: _, unit: __, ...input }) => input));
    const answer = await fetchRaw(version!.file);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(base64Of(new Uint8Array(await answer.arrayBuffer()))).toBe(file);
  });

  it('is nobody’s whose manifest does not say so, and no shadow of one', async () => {
    await register();
    await stage(1, { stage: 'live' });
    await register({ bias: 1 }, { onDevice: true });
    await stage(2, { stage: 'shadow' });
    // What serves is known when a third version, which is public, is told.
    await register({ bias: 2 }, { onDevice: true });
    await stage(3, { stage: 'canary', share: 0.5 });
    const { body } = await eventually(told, ({ status }) => status === 200);
    expect(body.versions.map(({ version, stage: at, share }) => [version, at, share])).toEqual([[3, 'canary', 0.5]]);
    const hidden = await smallModel();
    expect((await fetchRaw(`/v1/models/churn/files/${hidden.manifest.file.sha256}`)).status).toBe(404);
    expect((await fetchRaw(body.versions[0]!.file)).status).toBe(200);
  });

  it('needs the publishable key and an origin of the site; a secret key in an address is none', async () => {
    await register({}, { onDevice: true });
    await stage(1, { stage: 'live' });
    await eventually(told, ({ status }) => status === 200);
    const path = '/v1/models/churn/device';
    expect((await get(path, 'https://other.example')).status).toBe(403);
    expect((await get(path, workspace.origin, workspace.secretKey)).status).toBe(401);
    expect((await call('GET', path, undefined, undefined, { origin: workspace.origin })).status).toBe(401);
    // A browser names no origin to a page of the same; whose that is, the site says.
    const own = (base: string) =>
      call(
        'GET',
        `${path}?key=${workspace.publishableKey}`,
        undefined,
        undefined,
        { 'sec-fetch-site': 'same-origin' },
        base,
      );
    expect((await own(workspace.origin)).status).toBe(200);
    expect((await own('https://api.example')).status).toBe(403);
  });
});

describe('a campaign for devices that asks for a score', () => {
  const ask = async () =>
    (await api.page<DeviceBundleResponse>('/v1/device/bundle', { placements: ['hero'], consent: 'granted' })).body;
  const isInBundle = ({ others }: DeviceBundleResponse) => !others.hero;

  it('is decided by the page’s own score, and believed; before, and with a model that is not public, it is asked for', async () => {
    expect((await ask()).others).toEqual({ hero: 'other_campaigns' });
    await register();
    await stage(1, { stage: 'live' });
    await register({ bias: 1 }, { onDevice: true });
    expect((await ask()).others).toEqual({ hero: 'other_campaigns' });
    await stage(2, { stage: 'live' });
    const answer = await eventually(ask, isInBundle);
    const bundle = JSON.parse(answer.bundle.signed) as DeviceBundle;
    const path = 'models.churn.probability';
    expect(bundle.reads).toEqual({ [path]: { type: 'number', own: true } });
    const decideAt = (score: number) =>
      decideOnDevice(bundle.places, bundle.issuedAtMs, deviceResolver(bundle.reads, {}, {}, { [path]: score }));
    expect(decideAt(0.7)[0]!.chosen).toBeNull();
    const [made] = decideAt(0.71);
    const decisions = [{ placement: 'hero', campaign: 'stay', arm: 'a', leaves: leavesOf(made!) }];
    const body = { consent: 'granted', customer: answer.customer, bundle: answer.bundle, decisions };
    const judged = await api.page<DeviceDecisionsResponse>('/v1/device/decisions', body);
    expect(judged.body.decisions[0]).toMatchObject({ placement: 'hero', status: 'accepted' });
  });

  it('gives nobody a score where only the page could: asked at the edge it addresses nobody', async () => {
    // With nothing known its score would be .95.
    await register({ bias: 3 }, { onDevice: true });
    await stage(1, { stage: 'live' });
    await eventually(ask, isInBundle);
    const decided = async () =>
      (await api.optimizeFromPage({ placements: ['hero'], consent: 'granted' })).body.decisions[0]!;
    expect((await decided()).campaign).toBeUndefined();
  });
});

describe('a model for another engine than this deployment has', () => {
  const engine = 'onnxruntime-web';
  const upload = (body: object) => api.secret<Problem>('POST', '/v1/models', body);

  it('is refused, unless pages score with it', async () => {
    const { status, body } = await upload(await uploadOf(erfGraph(), { engine }));
    expect(status).toBe(422);
    expect(body.errors).toEqual([
      { field: '/manifest/engine', detail: expect.stringContaining('worker/onnxruntime/index.ts') },
    ]);
    expect((await upload(await uploadOf(erfGraph(), { engine, onDevice: true }))).status).toBe(201);
  });

  it('must be a model all the same, and is held against its manifest where our own evaluator can', async () => {
    const bytes = Uint8Array.from('hello world', (char) => char.charCodeAt(0));
    const file = { sha256: await sha256Of(bytes), bytes: bytes.length };
    const { manifest } = await smallModel({}, { engine, onDevice: true, file });
    expect((await upload({ manifest, file: base64Of(bytes) })).body.errors).toMatchObject([{ field: '/file' }]);
    const other = await smallModel({}, { engine, onDevice: true, inputTensor: 'rows' });
    expect((await upload(other)).body.errors).toMatchObject([{ field: '/manifest/inputTensor' }]);
  });
});
