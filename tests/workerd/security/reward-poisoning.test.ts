/** What one network may teach a campaign, whoever its visitors say they are; and what nobody may without a token. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { forgetInfluence, LEARNED_TRIALS_PER_NETWORK } from '../../../worker/edge/influence.ts';
import { apiOf, call, eventually } from '../api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';

const bindings = env as unknown as Env;
/** Addresses of one network, and one of another. */
const HERE = ['8.8.4.1', '8.8.4.77', '8.8.4.200'];
const THERE = '2606:4700:0:11::1';

interface Decided {
  readonly decisions: readonly { readonly token?: string }[];
}

const fromPage = <T>(workspace: TestWorkspace, path: string, ip: string, body: unknown) =>
  call<T>('POST', path, workspace.publishableKey, body, { origin: workspace.origin, 'cf-connecting-ip': ip });

/** A visitor that nobody saw before, and the token of what they are shown. */
async function visitorFrom(workspace: TestWorkspace, ip: string): Promise<string> {
  const { body } = await fromPage<Decided>(workspace, '/v1/optimize', ip, { placements: ['hero'] });
  return body.decisions[0]!.token as string;
}

/** One that sees it and converts, reported twice. */
async function attack(workspace: TestWorkspace, ip: string): Promise<void> {
  await tell(workspace, ip, await visitorFrom(workspace, ip));
}

async function tell(workspace: TestWorkspace, ip: string, token: string): Promise<void> {
  const events = [
    { token, kind: 'exposure' },
    { token, kind: 'goal', goal: 'click' },
  ];
  for (let twice = 0; twice < 2; twice += 1)
    expect((await fromPage(workspace, '/v1/feedback', ip, { events })).status).toBe(200);
}

const counted = (workspace: TestWorkspace, exposures: number) =>
  eventually(
    () => apiOf(workspace).performance('demo'),
    ({ body }) => body.totals?.exposures === exposures,
  ).then(({ body }) => body.totals);

describe('reward poisoning', () => {
  beforeEach(forgetInfluence);

  it('teaches no more than the bound of a network: the rest is seen, and no trial', async () => {
    const workspace = await createWorkspace(bindings);
    await publishDemo(bindings, workspace);
    for (let i = 0; i < LEARNED_TRIALS_PER_NETWORK + 3; i += 1) await attack(workspace, HERE[i % HERE.length]!);
    expect(await counted(workspace, LEARNED_TRIALS_PER_NETWORK + 3)).toMatchObject({
      trials: LEARNED_TRIALS_PER_NETWORK,
      conversions: LEARNED_TRIALS_PER_NETWORK,
    });
    await attack(workspace, THERE);
    expect(await counted(workspace, LEARNED_TRIALS_PER_NETWORK + 4)).toMatchObject({
      trials: LEARNED_TRIALS_PER_NETWORK + 1,
    });
  });

  it('teaches no more than the bound of a network through however many isolates: the campaign’s shard counts for all of them', async () => {
    const workspace = await createWorkspace(bindings);
    await publishDemo(bindings, workspace);
    const tokens: string[] = [];
    for (let i = 0; i < LEARNED_TRIALS_PER_NETWORK + 3; i += 1) {
      forgetInfluence();
      const ip = HERE[i % HERE.length]!;
      tokens.push(await visitorFrom(workspace, ip));
      await fromPage(workspace, '/v1/feedback', ip, { token: tokens[i], kind: 'exposure' });
    }
    // What they buy comes later, and from servers too.
    for (const token of tokens)
      await call('POST', '/v1/feedback', workspace.secretKey, { token, kind: 'goal', goal: 'click' });
    forgetInfluence();
    await attack(workspace, THERE);
    expect(await counted(workspace, tokens.length + 1)).toMatchObject({
      trials: LEARNED_TRIALS_PER_NETWORK + 1,
      conversions: LEARNED_TRIALS_PER_NETWORK + 1,
    });
  });

  it('teaches no more than the bound of a visitor, from however many networks they report', async () => {
    const workspace = await createWorkspace(bindings);
    await publishDemo(bindings, workspace);
    const views = LEARNED_TRIALS_PER_NETWORK + 3;
    let customer: { readonly anonymousId?: string } = {};
    for (let i = 0; i < views; i += 1) {
      const ip = `8.8.${100 + i}.1`;
      const { body } = await fromPage<Decided & { readonly customer: typeof customer }>(workspace, '/v1/optimize', ip, {
        placements: ['hero'],
        customer,
      });
      customer = body.customer;
      await tell(workspace, ip, body.decisions[0]!.token as string);
    }
    expect(await counted(workspace, views)).toMatchObject({
      trials: LEARNED_TRIALS_PER_NETWORK,
      conversions: LEARNED_TRIALS_PER_NETWORK,
    });
  });

  it('takes nothing from a campaign of the same id of another workspace', async () => {
    const workspaces = [await createWorkspace(bindings), await createWorkspace(bindings)];
    for (const workspace of workspaces) {
      await publishDemo(bindings, workspace);
      for (let i = 0; i < LEARNED_TRIALS_PER_NETWORK; i += 1) await attack(workspace, HERE[0]!);
      expect(await counted(workspace, LEARNED_TRIALS_PER_NETWORK)).toMatchObject({
        trials: LEARNED_TRIALS_PER_NETWORK,
      });
    }
  });

  it('does not bound what a server reports', async () => {
    const workspace = await createWorkspace(bindings);
    await publishDemo(bindings, workspace);
    const many = LEARNED_TRIALS_PER_NETWORK + 3;
    for (let i = 0; i < many; i += 1) {
      const token = await visitorFrom(workspace, HERE[0]!);
      await call(
        'POST',
        '/v1/feedback',
        workspace.secretKey,
        { token, kind: 'exposure' },
        { 'cf-connecting-ip': HERE[0]! },
      );
    }
    expect(await counted(workspace, many)).toMatchObject({ trials: many });
  });

  it('teaches nothing without tokens', async () => {
    const workspace = await createWorkspace(bindings);
    await publishDemo(bindings, workspace);
    const token = await visitorFrom(workspace, HERE[0]!);
    const forged = `${token.slice(0, -4)}AAAA`;
    const results = [
      await fromPage<{ readonly code?: string }>(workspace, '/v1/feedback', HERE[0]!, {
        token: forged,
        kind: 'exposure',
      }),
      await fromPage(workspace, '/v1/events', HERE[0]!, {
        events: [{ kind: 'goal', goal: 'click', eventId: 'e1' }],
        customer: {},
      }),
    ];
    expect(results.map(({ status }) => status)).toEqual([400, 200]);
    // Something that does count, so that the sums have been told when they are looked at.
    await attack(workspace, THERE);
    expect(await counted(workspace, 1)).toMatchObject({ exposures: 1, trials: 1, conversions: 1 });
  });
});
