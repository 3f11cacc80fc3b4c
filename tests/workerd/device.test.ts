/** Decisions on devices: what a bundle tells, and that nobody gets a token for anything else than it says. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DeviceBundleResponse, DeviceDecisionsResponse } from '../../contract/device.ts';
import { deviceResolver } from '../../decisioning/device/attributes.ts';
import type { DeviceBundle } from '../../decisioning/device/bundle.ts';
import { decideOnDevice, leavesOf } from '../../decisioning/device/open-place.ts';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

const arms = ['a', 'b', 'c', 'd'].map((id) => ({ id, content: { text: id.toUpperCase() } }));
const campaign = (id: string, extra: object) => ({
  kind: 'campaign',
  id,
  name: id,
  objective: { goal: 'click' },
  placements: ['hero'],
  arms,
  ...extra,
});
const documents = (extra: object = {}) => [
  { kind: 'placement', id: 'hero', name: 'Hero', defaultContent: { text: 'default' } },
  { kind: 'placement', id: 'side', name: 'Side' },
  { kind: 'attribute', id: 'age', type: 'number', source: 'device' },
  { kind: 'attribute', id: 'plan', type: 'string' },
  campaign('local', {
    onDevice: true,
    contexts: [
      { id: 'adult', condition: { age: { $gte: 18 } } },
      { id: 'gold', condition: { plan: 'gold' } },
    ],
    ...extra,
  }),
  campaign('capped', { placements: ['side'], caps: [{ max: 1, per: '1d' }] }),
];

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, documents());
});

const PLACEMENTS = ['hero', 'side'];
const ask = async (extra: object = {}) =>
  (await api.page<DeviceBundleResponse>('/v1/device/bundle', { placements: PLACEMENTS, consent: 'granted', ...extra }))
    .body;

/** What the page's part does with an answer. */
function decideAs({ bundle }: DeviceBundleResponse, own: Record<string, unknown>, given: Record<string, unknown> = {}) {
  const read = JSON.parse(bundle.signed) as DeviceBundle;
  const made = decideOnDevice(read.places, read.issuedAtMs, deviceResolver(read.reads, {}, given, own));
  return made.map((decision) => ({
    placement: decision.placement,
    ...(decision.chosen && { campaign: decision.chosen.campaign.id, arm: decision.chosen.armId }),
    leaves: leavesOf(decision),
  }));
}

const report = async (answer: DeviceBundleResponse, decisions: object[], extra: object = {}) =>
  api.page<DeviceDecisionsResponse>('/v1/device/decisions', {
    consent: 'granted',
    customer: answer.customer,
    bundle: answer.bundle,
    decisions,
    ...extra,
  });
const reasonsOf = async (...sent: Parameters<typeof report>) =>
  (await report(...sent)).body.decisions.map(({ reason, status }) => reason ?? status);

/** Leaf key → trials, of everything that the campaign's objects were told. */
const trialsBy = async () => {
  const { body } = await api.secret<{ arms: { trials: number }[] }>('GET', '/v1/campaigns/local/performance');
  return body.arms.reduce((sum, { trials }) => sum + trials, 0);
};

describe('a bundle', () => {
  it('has the campaigns that pages may decide, and names why the other placements are asked for', async () => {
    const { bundle, others, contents, lifeMs } = await ask();
    const { places, reads } = JSON.parse(bundle.signed) as DeviceBundle;
    expect(places.map(({ placement }) => placement)).toEqual(['hero']);
    expect(others).toEqual({ side: 'other_campaigns' });
    expect(reads).toEqual({ age: { type: 'number', own: true }, plan: { type: 'string' } });
    expect(contents.hero).toMatchObject({ default: { text: 'default' }, arms: { local: { a: { text: 'A' } } } });
    expect(lifeMs).toBe(600_000);
    // Neither evidence nor weights, nor a word of what is not for devices.
    expect(bundle.signed).not.toMatch(/posterior|pBest|expected(Rate|Revenue)|Weight|priority|capped|salt/);
  });

  it('is the same nonce for a customer who asks again, another for others, and nobody without consent', async () => {
    const nonceOf = ({ bundle }: DeviceBundleResponse) => (JSON.parse(bundle.signed) as DeviceBundle).nonce;
    const first = await ask();
    expect(nonceOf(await ask({ customer: first.customer }))).toBe(nonceOf(first));
    expect(nonceOf(await ask())).not.toBe(nonceOf(first));
    const nobody = await ask({ consent: 'pending', customer: first.customer });
    expect(nobody.customer).toEqual({});
    expect(JSON.parse(nobody.bundle.signed)).not.toHaveProperty('customer');
    expect(await reasonsOf(nobody, decideAs(nobody, {}), { customer: first.customer })).toEqual(['nobodys_bundle']);
  });

  it('names nobody whose profile refuses personalization, whatever their page says', async () => {
    const known = async () =>
      (
        await api.secret<DeviceBundleResponse>('POST', '/v1/device/bundle', {
          placements: ['hero'],
          customer: { id: 'ann' },
          consent: 'granted',
        })
      ).body;
    expect(JSON.parse((await known()).bundle.signed)).toHaveProperty('customer');
    await api.secret('PUT', '/v1/customers/ann', { consent: { purposes: { personalization: false } } });
    expect(JSON.parse((await known()).bundle.signed)).not.toHaveProperty('customer');
  });

  it('leaves out what is paused, and everything under the kill switch', async () => {
    await api.secret('POST', '/v1/campaigns/local/pause');
    const paused = await eventually(ask, ({ contents }) => Object.keys(contents.hero?.arms ?? { x: 1 }).length === 0);
    expect(paused.contents.hero?.arms).toEqual({});
  });
});

describe('a report', () => {
  it('gets a token that counts once, in a stratum of its own, and nothing is learned from it', async () => {
    const answer = await ask();
    const decisions = decideAs(answer, { age: 30 });
    const [told] = (await report(answer, decisions)).body.decisions;
    const [again] = (await report(answer, decisions)).body.decisions;
    expect(again!.decisionId).toBe(told!.decisionId);
    const events = [told, again].flatMap((one) => [
      { token: one!.token, kind: 'exposure' },
      { token: one!.token, kind: 'goal', goal: 'click' },
    ]);
    const { accepted, duplicates } = (await api.feedbackFromPage({ events })).body;
    expect([accepted, duplicates]).toEqual([2, 2]);
    expect(await eventually(trialsBy, (trials) => trials > 0)).toBe(1);
    const receipt = await api.secret<{ leaf: string }>('GET', `/v1/customers/${answer.customer.anonymousId}`);
    expect(JSON.stringify(receipt.body)).toContain('"leaf":"~device/adult"');
    // The next bundle has the probabilities that everybody began with.
    const { places } = JSON.parse((await ask()).bundle.signed) as DeviceBundle;
    expect(places[0]!.campaigns[0]!.leaves.adult!.arms).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it('is learned from where the campaign says so', async () => {
    await publishDemo(bindings, workspace, documents({ learnFromDevice: true }));
    const answer = await eventually(ask, ({ contents }) => Object.hasOwn(contents, 'hero'));
    const decisions = decideAs(answer, { age: 30 });
    const [told] = (await report(answer, decisions)).body.decisions;
    await api.feedbackFromPage({ events: [{ token: told!.token, kind: 'goal', goal: 'click' }] });
    const probabilities = async () => {
      const { places } = JSON.parse((await ask()).bundle.signed) as DeviceBundle;
      return places[0]!.campaigns[0]!.leaves.adult!.arms;
    };
    const learned = await eventually(probabilities, (now) => now.some((one) => one !== 0.25));
    expect(Math.max(...learned)).toBe(learned[['a', 'b', 'c', 'd'].indexOf(decisions[0]!.arm as string)]);
  });

  it('is decided again: every other arm, campaign or leaf than the bundle leads to is refused', async () => {
    const answer = await ask();
    const [made] = decideAs(answer, { age: 30 });
    for (const arm of ['a', 'b', 'c', 'd', 'holdout', 'constructor'].filter((id) => id !== made!.arm))
      expect(await reasonsOf(answer, [{ ...made, arm }])).toEqual(['another_choice']);
    expect(await reasonsOf(answer, [{ ...made, campaign: 'capped' }])).toEqual(['another_choice']);
    expect(await reasonsOf(answer, [{ placement: 'hero', leaves: { local: 'adult' } }])).toEqual(['another_choice']);
    expect(await reasonsOf(answer, [{ ...made, placement: 'side' }])).toEqual(['not_in_bundle']);
    for (const leaf of ['silver', 'constructor', '__proto__'])
      expect(await reasonsOf(answer, [{ ...made, leaves: { local: leaf } }])).toEqual(['impossible_leaf']);
    // `plan` left the device: that it is not gold is known, so its leaf is not believed.
    expect(await reasonsOf(answer, [{ ...made, leaves: { local: 'gold' } }])).toEqual(['impossible_leaf']);
    const plan = { context: { attributes: { plan: 'gold' } } };
    expect(await reasonsOf(answer, [{ ...made, leaves: { local: 'rest' } }], plan)).toEqual(['impossible_leaf']);
    expect(await reasonsOf(answer, [made!])).toEqual(['accepted']);
  });

  it('of an altered, foreign or stolen bundle is refused, and one without consent', async () => {
    const answer = await ask();
    const made = decideAs(answer, { age: 30 });
    const { signed, signature } = answer.bundle;
    const altered = { ...answer, bundle: { signed: signed.replace('0.25', '0.97'), signature } };
    expect(await reasonsOf(altered, made)).toEqual(['bad_signature']);
    for (const forged of ['', 'k1.', `k1.${'A'.repeat(22)}`, `nokey.${signature.split('.')[1]}`])
      expect(await reasonsOf({ ...answer, bundle: { signed, signature: forged } }, made)).toEqual(['bad_signature']);
    expect(await reasonsOf({ ...answer, bundle: { signed: 'not json', signature } }, made)).toEqual(['bad_signature']);
    const thief = await ask();
    expect(await reasonsOf(answer, made, { customer: thief.customer })).toEqual(['not_yours']);
    expect(await reasonsOf(answer, made, { customer: undefined })).toEqual(['not_yours']);
    expect(await reasonsOf(answer, made, { consent: 'denied' })).toEqual(['no_consent']);
    const other = apiOf(await createWorkspace(bindings));
    const moved = await other.page<DeviceDecisionsResponse>('/v1/device/decisions', {
      consent: 'granted',
      bundle: answer.bundle,
      decisions: made,
    });
    expect([404, 409, 200]).toContain(moved.status);
    expect(moved.body.decisions ?? []).not.toContainEqual(expect.objectContaining({ status: 'accepted' }));
  });

  it('of a campaign that was published anew with other arms gets no token', async () => {
    const answer = await ask();
    const made = decideAs(answer, { age: 30 });
    await publishDemo(bindings, workspace, documents({ arms: arms.slice(0, 2) }));
    expect(
      await eventually(
        () => reasonsOf(answer, made),
        ([reason]) => reason !== 'accepted',
      ),
    ).toEqual(['not_published']);
  });

  it('sent two thousand times under one nonce is one trial; other choices under it are superseded', async () => {
    const answer = await ask();
    const leaves = ['adult', 'gold', 'rest'];
    const tokens = new Set<string>();
    for (let round = 0; round < 200; round += 1) {
      const sent = Array.from({ length: 10 }, (_, i) => {
        const leaf = leaves[(round + i) % leaves.length]!;
        const own = leaf === 'adult' ? { age: 30 } : {};
        const plan = leaf === 'gold' ? { plan: 'gold' } : {};
        return report(answer, decideAs(answer, own, plan), { context: { attributes: plan } });
      });
      for (const { body } of await Promise.all(sent)) if (body.decisions[0]?.token) tokens.add(body.decisions[0].token);
    }
    const all = [...tokens];
    const results: (string | undefined)[] = [];
    for (let at = 0; at < all.length; at += 20) {
      const events = all.slice(at, at + 20).map((token) => ({ token, kind: 'exposure' }));
      const { body } = await api.feedbackFromPage({ events });
      results.push(...(body.results ?? []).map(({ reason, status }) => reason ?? status));
    }
    expect(results.filter((result) => result === 'accepted')).toHaveLength(1);
    const known = ['accepted', 'duplicate', 'superseded_token'];
    expect(results.filter((result) => !known.includes(`${result}`))).toEqual([]);
    expect(await eventually(trialsBy, (trials) => trials > 0)).toBe(1);
  }, 60_000);
});
