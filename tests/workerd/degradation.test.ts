/**
 * D1, publisher, customers, campaigns, ledgers and secrets, each down, slow and talking nonsense: an answer in time, and caps, money and
 * acknowledged events as ever. `npm run prove:degradation` makes slow parts exactly five seconds slow, and prints how long the answers took.
 */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { budgetStub } from '../../durable-objects/shared/stub.ts';
import { currentCatalog } from '../../worker/edge/catalog.ts';
import { DECIDE_DEADLINE_MS } from '../../worker/http/deadline.ts';
import { LAST_SHARE } from '../../worker/http/in-time.ts';
import { apiOf, eventually } from './api.ts';
import { FAULTS, type Fault, type Gate, NONSENSE } from './chaos/faults.ts';
import { bindings, breakPart, change, forgetAll, mend, PARTS, type Part } from './chaos/parts.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const CAP = 2;
const POOL_MINOR = 1_000;
const COST_MINOR = 10;
const { SLOW_PART_MS } = bindings as { readonly SLOW_PART_MS?: string };
const SLOW_MS = SLOW_PART_MS === undefined ? undefined : Number(SLOW_PART_MS);
/** A slow part is so until the test lets it go: whoever waited for it would wait for ever. Generous: machines are busy. */
const SOON_MS = 3_000;
/** What the deadline leaves of it is for the way back. */
const PROMISED_MS = 300;
/** A machine that is too busy for a healthy decision within the deadline is asked again. */
const MAX_TRIES = 5;
const PLACEMENTS = ['hero', 'offer', 'deal'] as const;

/** Whether a decision is to be had although the part is broken, in an isolate that knows things already and in one that does not. */
const DECIDES: Readonly<Record<Part, { readonly warm: boolean; readonly cold: boolean }>> = {
  d1: { warm: true, cold: false },
  publisher: { warm: true, cold: false },
  customer: { warm: false, cold: false },
  campaign: { warm: true, cold: true },
  budget: { warm: true, cold: true },
  secret: { warm: false, cold: false },
};

let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;
let gate: Gate | undefined;
let asked = 0;
const took: Record<string, { warm: number[]; cold: number[] }> = {};

const campaign = (id: string, placement: string, more: object = {}) => ({
  kind: 'campaign',
  id,
  name: id,
  objective: { goal: 'click' },
  placements: [placement],
  arms: [{ id: 'a', content: { text: id } }],
  sticky: { mode: 'none' },
  caps: [],
  ...more,
});

const documents = () => [
  ...PLACEMENTS.map((id) => ({
    kind: 'placement',
    id,
    name: id,
    defaultContent: { text: 'default' },
    ...(id === 'offer' && { channel: 'outbound' }),
  })),
  // Claims stay pending for the whole test, so that every grant counts.
  { kind: 'channel', id: 'outbound', name: 'Outbound', cap: { max: CAP, per: '7d' }, claimTtl: '1d' },
  { kind: 'pool', id: 'spring', name: 'Spring', totalMinor: POOL_MINOR },
  campaign('free', 'hero'),
  campaign('capped', 'offer'),
  campaign('paid', 'deal', { pool: 'spring', arms: [{ id: 'a', content: { text: 'paid' }, costMinor: COST_MINOR }] }),
];

async function ask(customer: string, requestId: string, placement: string) {
  const startedMs = performance.now();
  const { status, body } = await api.optimize({ requestId, placements: [placement], customer: { id: customer } });
  return { status, body, tookMs: performance.now() - startedMs, decision: body.decisions?.[0] };
}
type Answered = Awaited<ReturnType<typeof ask>>;

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, documents());
});
afterEach(() => {
  mend();
  gate?.open();
});
afterAll(() => {
  const told = (times: readonly number[]) =>
    `${Math.round([...times].sort((a, b) => a - b)[times.length >> 1] ?? 0)}, ${Math.round(Math.max(...times))}`;
  const rows = Object.entries(took).map(([cell, { warm, cold }]) => `| ${cell} | ${told(warm)} | ${told(cold)} |`);
  console.log(['| part, fault | warm: median, longest (ms) | cold |', '|---|---|---|', ...rows].join('\n'));
});

/** One answer while the part is broken: asked again only where the machine was too slow for what should have been a decision. */
async function askOnce(placement: string, decides: boolean, seen: Answered[]): Promise<Answered> {
  for (let tries = 1; ; tries += 1) {
    asked += 1;
    const answered = await ask('ann', `r${asked}`, placement);
    seen.push(answered);
    expect(answered.status).toBe(200);
    expect(answered.tookMs).toBeLessThan(SOON_MS);
    expect(gate?.passed).toBe(0);
    if (!decides || answered.body.degraded !== true || tries === MAX_TRIES) return answered;
  }
}

interface Broken {
  readonly part: Part;
  readonly fault: Fault;
  readonly nonsense: string;
  readonly placements: readonly string[];
}

/** Asks a warm and a cold isolate while the part is broken. */
async function askAround({ part, fault, nonsense, placements }: Broken): Promise<Answered[]> {
  const all: Answered[] = [];
  for (const warmth of ['warm', 'cold'] as const) {
    if (warmth === 'cold') {
      // The colo's cache may still know: another second makes it forget.
      if (part === 'publisher') await scheduler.wait(1_100);
      forgetAll();
    }
    // Keys have no numbers: as texts they are what they were.
    const decides = DECIDES[part][warmth] || (part === 'd1' && nonsense === 'numbers as text');
    const seen: Answered[] = [];
    for (const placement of placements) {
      const { body, decision } = await askOnce(placement, decides, seen);
      const unpaid = placement === 'deal' && part === 'budget' && warmth === 'cold';
      if (decides && unpaid) expect(decision).toMatchObject({ outcome: 'default', reasons: { no_budget: 1 } });
      else if (decides && placement !== 'offer') expect(decision).toMatchObject({ outcome: 'campaign' });
      else if (!decides) expectDefault(body, decision);
    }
    const cell = `${part}, ${fault}`;
    took[cell] ??= { warm: [], cold: [] };
    took[cell][warmth].push(...seen.map(({ tookMs }) => tookMs));
    all.push(...seen);
  }
  return all;
}

function expectDefault(body: Answered['body'], decision: Answered['decision']): void {
  expect(body).toMatchObject({ degraded: true, decisions: [{ outcome: 'default' }] });
  // Nothing is promised.
  expect(decision).not.toHaveProperty('token');
  expect(decision).not.toHaveProperty('decisionId');
}

async function standing() {
  const { workspaceId } = workspace;
  const current = await currentCatalog(bindings, { waitUntil: () => undefined }, workspaceId, Date.now());
  const { directory, manifest } = current!.catalog;
  const spec = directory.ledgers!['pool:spring']!;
  const ledger = await budgetStub(bindings, workspaceId, spec.key);
  return ledger.standing({ workspaceId, spec, revision: manifest.revision });
}

/** Caps and money are as if nothing had been broken: what was asked for meanwhile is told now, the same. */
async function checkLimits(seen: readonly Answered[]): Promise<void> {
  const granted = new Set<string>();
  const note = ({ decision }: Answered) => {
    if (decision?.campaign === 'capped') granted.add(decision.decisionId!);
  };
  for (const answered of seen) note(answered);
  for (let i = 1; i <= asked; i += 1) note(await ask('ann', `r${i}`, 'offer'));
  for (let i = 0; i < CAP; i += 1) note(await ask('ann', `later-${i}`, 'offer'));
  expect(granted.size).toBe(CAP);
  const { posted, pending, leased, remaining, total } = await standing();
  expect(posted + pending + leased + remaining).toBe(total);
  expect(total).toBe(POOL_MINOR);
  expect(Math.min(posted, pending, leased, remaining)).toBeGreaterThanOrEqual(0);
}

/** Everything is warm, the ledger is leased from, and a decision waits for its exposure: its token. */
async function warmUp(): Promise<string> {
  asked = 0;
  forgetAll();
  const { token } = (await ask('bea', 'before', 'hero')).decision!;
  for (const placement of PLACEMENTS) await ask('warm', `warm-${placement}`, placement);
  return token!;
}

const expose = (token: string) => api.feedback({ token, kind: 'exposure' });

describe('a part is broken', () => {
  it('the deadline leaves room for the way back', () => {
    expect(LAST_SHARE * DECIDE_DEADLINE_MS).toBeLessThan(PROMISED_MS);
  });

  const cells = PARTS.flatMap((part) => FAULTS.map((fault) => [part, fault] as const));
  // Nothing waits for a signature: secrets are there, or they are not.
  it.each(cells.filter(([part, fault]) => part !== 'secret' || fault !== 'slow'))(
    '%s %s: answers in time, with default content where it must be, and every promise is kept',
    async (part, fault) => {
      const token = await warmUp();
      const seen: Answered[] = [];
      let told: Awaited<ReturnType<typeof expose>> | undefined;
      for (const nonsense of fault === 'garbage' ? Object.keys(NONSENSE) : ['']) {
        if (told) for (const placement of PLACEMENTS) await ask('warm', `${nonsense}-${placement}`, placement);
        change('DECIDE_DEADLINE_MS', String(DECIDE_DEADLINE_MS));
        gate = breakPart(part, fault, nonsense, SLOW_MS);
        const placements = told ? ['hero'] : PLACEMENTS;
        seen.push(...(await askAround({ part, fault, nonsense, placements })));
        const telling = expose(token);
        gate.open();
        told = await telling;
        expect([200, 503]).toContain(told.status);
        mend();
      }
      // Accepted means kept: what was accepted then is a duplicate now.
      const again = await expose(token);
      expect(again.status).toBe(200);
      expect(again.body).toMatchObject(told?.status === 200 ? { duplicates: 1 } : { rejected: 0 });
      await checkLimits(seen);
      const { body } = await eventually(
        () => api.performance('free'),
        (answer) => answer.body.totals?.exposures === 1,
      );
      expect(body.totals).toMatchObject({ exposures: 1 });
    },
    60_000,
  );
});
