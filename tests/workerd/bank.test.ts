/** The bank of the examples over the whole way: pushed as written, decided in three channels, reported, and steered by place and time. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { ExplainResponse } from '../../contract/explain.ts';
import type { CapacityStanding } from '../../contract/ledgers.ts';
import advice from '../../examples/bank/campaigns/advice.yaml?raw';
import call from '../../examples/bank/campaigns/call.yaml?raw';
import cardAndLoan from '../../examples/bank/campaigns/card-and-loan.yaml?raw';
import workspaceFacts from '../../examples/bank/campaigns/workspace.yaml?raw';
import { adminApi } from './admin.ts';
import { apiOf } from './api.ts';
import { createWorkspace, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Document = { readonly kind: string; readonly id: string; readonly [field: string]: unknown };
const documents = [workspaceFacts, cardAndLoan, advice, call].flatMap((text) =>
  parseAllDocuments(text).map((document) => document.toJS() as Document),
);
const written = documents.find(({ id }) => id === 'card-and-loan')!;

let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

beforeAll(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  const pushed = await api.secret<{ revision: number }>('POST', '/v1/push', { documents });
  expect([pushed.status, pushed.body.revision]).toEqual([200, 1]);
});

let customers = 0;
/** A customer of the bank who may be written to, in a zone in which it is so many hours after midnight now. */
async function someone(hour: number, extra: Record<string, unknown> = {}): Promise<{ id: string }> {
  const id = `customer-${customers++}`;
  const ahead = ((hour - new Date().getUTCHours() + 36) % 24) - 12;
  await api.secret('PUT', `/v1/customers/${id}`, {
    timeZone: `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`,
    consent: { channels: { email: true, sms: true } },
    traits: { products: [], balance_band: 'middle', tenure_months: 30 },
    ...extra,
  });
  return { id };
}

async function decide(placements: string[], customer: object) {
  return (await api.optimize({ placements, customer })).body.decisions;
}

/** The first of some customers at this hour who is not held out. */
async function decideForTreated(placement: string, hour: number, extra?: Record<string, unknown>) {
  for (let i = 0; i < 20; i++) {
    const customer = await someone(hour, extra);
    const [decision] = await decide([placement], customer);
    if (decision!.outcome !== 'holdout') return { customer, decision: decision! };
  }
  throw new Error('twenty customers in a row are held out');
}

describe('the bank’s workspace', () => {
  it('keeps its campaign as it was written, and publishes the arms that its parameters make', async () => {
    const admin = adminApi(workspace.secretKey);
    const { kind: _, ...own } = written;
    expect((await admin.get('/v1/campaigns/card-and-loan')).body).toEqual(own);
    const { body } = await api.performance('card-and-loan');
    // Six pairs of offer and discount; 2 hours in 3 styles on the page, 4 in 3 by mail, 2 in 2 by text.
    expect(body.arms).toHaveLength(6 * (2 * 3 + 4 * 3 + 2 * 2));
    expect(body.arms.map(({ arm }) => arm)).toContain('loan_rate-cut_email_next-day_story');
    expect((await api.secret<{ unchanged: number }>('POST', '/v1/push', { documents })).body.unchanged).toBe(
      documents.length,
    );
  });

  it('shows on the page what is for the page at this hour, with the contents of its values', async () => {
    for (const [hour, arms] of [
      [12, /^\w[\w-]*_web_now_\w+$/],
      [19, /^\w[\w-]*_web_(now|evening)_\w+$/],
    ] as const) {
      const { decision } = await decideForTreated('home', hour);
      expect(decision).toMatchObject({
        outcome: 'campaign',
        campaign: 'card-and-loan',
        arm: expect.stringMatching(arms),
      });
      expect(decision).not.toHaveProperty('sendAt');
      const { parts } = decision.content!;
      expect(Object.keys(parts!).sort()).toEqual(['button', 'headline', 'image', 'terms']);
      expect(parts!.button).toMatchObject({ text: expect.any(String), href: expect.stringMatching(/apply$/) });
    }
  });

  it('says when a message is to be sent, and keeps its claim until a day after that', async () => {
    const before = Date.now();
    const { decision } = await decideForTreated('mail', 12);
    const sendAtMs = Date.parse(decision.sendAt!);
    expect(decision.arm).toMatch(/_email_/);
    expect(Date.parse(decision.claimExpiresAt!) - sendAtMs).toBe(DAY_MS);
    const [, , , timing] = decision.arm!.split('_');
    const hoursAhead = (sendAtMs - before) / HOUR_MS;
    // It is between twelve and one o'clock for them.
    const expected = { now: [0, 0.1], evening: [5, 6], morning: [18, 24], 'next-day': [20, 20.1] }[timing!]!;
    expect(hoursAhead).toBeGreaterThanOrEqual(expected[0]! - 0.001);
    expect(hoursAhead).toBeLessThanOrEqual(expected[1]!);
  });

  it('sends no text at night, and none to customers whose clock is not known', async () => {
    const night = await decideForTreated('text', 23);
    expect(night.decision).toMatchObject({ outcome: 'default', reasons: { quiet_hours: 1 } });
    const unknown = await decideForTreated('text', 12, { timeZone: undefined });
    expect(unknown.decision).toMatchObject({ outcome: 'default', reasons: { quiet_hours: 1 } });
    // Mail has no quiet hours: without a clock only what waits for no window is left.
    const { decision } = await decideForTreated('mail', 12, { timeZone: undefined });
    expect(decision.arm).toMatch(/_email_(now|next-day)_/);
  });

  it('explains the probabilities of the arms that are available here', async () => {
    const { body } = await api.secret<ExplainResponse>('POST', '/v1/explain', {
      placements: ['text'],
      customer: await someone(12),
    });
    const candidate = body.placements[0]!.candidates.find(({ campaign }) => campaign === 'card-and-loan')!;
    const shown = candidate.arms!.filter(({ probability }) => probability > 0);
    expect(shown).toHaveLength(6 * 2 * 2);
    expect(shown.every(({ arm }) => arm.includes('_sms_'))).toBe(true);
    expect(shown.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
  });

  it('answers with a receipt, and takes exposure and application as the README tells', async () => {
    const { customer, decision } = await decideForTreated('mail', 12);
    const receipt = await api.secret<{ record: { sendAtMs: number } }>('GET', `/v1/decisions/${decision.decisionId}`);
    expect(receipt.body.record.sendAtMs).toBe(Date.parse(decision.sendAt!));
    const exposure = await api.feedback({ events: [{ token: decision.token, kind: 'exposure' }] });
    expect(exposure.status).toBe(200);
    const started = { kind: 'goal', goal: 'application_started', eventId: 'a-1' };
    expect((await api.events({ customer, events: [started] })).status).toBe(200);
    const fromPage = await api.page<{ results: { reason?: string }[] }>('/v1/feedback', {
      events: [{ token: decision.token, kind: 'goal', goal: 'application_completed' }],
    });
    expect(JSON.stringify(fromPage.body)).toContain('goal_needs_secret_key');
  });

  it('has so many calls a day, spread over the hours of its advisers', async () => {
    const { body } = await api.secret<{ items: CapacityStanding[] }>('GET', '/v1/capacity');
    expect(body.items).toMatchObject([
      { of: 'channel', id: 'call_center', name: 'Call centre', total: 120, posted: 0, pacing: 'profile' },
    ]);
    expect(body.items[0]!.planned).toBeLessThanOrEqual(120);
  });

  it('is refused as a whole for an arm that could never be shown, at its field', async () => {
    const { exclude, ...rest } = written as Document & { exclude: object[] };
    const asked = await api.secret<{ errors: { field: string }[] }>('POST', '/v1/push', {
      documents: [{ ...rest, exclude: exclude.filter((rule) => !('channel' in rule && 'timing' in rule)) }],
      dryRun: true,
    });
    expect([asked.status, asked.body.errors.map(({ field }) => field)]).toEqual([
      422,
      ['/campaigns/card-and-loan/exclude'],
    ]);
  });
});
