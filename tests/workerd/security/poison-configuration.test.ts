/** Hostile configuration: each document is refused by the name of a field and nothing of it is stored, or it is taken and serving goes on. */
import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { optimizeResponse } from '../../../contract/decisions.ts';
import { MAX_PLACEMENTS } from '../../../contract/limits.ts';
import type { Problem } from '../../../contract/problem.ts';
import { testRandom } from '../../../decisioning/testing/seeds.ts';
import { eventually } from '../api.ts';
import { createWorkspace, demoDocuments, publishDemo, type TestWorkspace } from '../workspace.ts';
import { hostileDocuments, SOUND } from './poison.ts';

const bindings = env as unknown as Env;
const SEED = 7_101;
const DOCUMENTS = 500;
/** Of visitors of the placement that all hostile campaigns are for, each with a holdout of a tenth. */
const VISITORS = 20;
const TELEPHONE =
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';
/** Text that has patterns go back and forth to its end and fail there, and text that some of them hold for. */
const NOTES = [`${'a'.repeat(1_000)}!`, 'a'.repeat(1_000)] as const;
/** Where hostile campaigns stand, and what their conditions and hostile segments read. */
const AROUND = [
  ...demoDocuments(),
  { kind: 'placement', id: 'other', name: 'Other' },
  { kind: 'attribute', id: 'note', type: 'string', source: 'any' },
];
/** Refused for what it is, before any field of it is read. */
const WHOLE = new Set(['malformed_json', 'body_too_large', 'payload_too_large', 'unsafe_json']);

async function pushText(workspace: TestWorkspace, body: string) {
  const response = await exports.default.fetch(
    new Request('https://api.example/v1/push', {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.secretKey}`, 'content-type': 'application/json' },
      body,
    }),
  );
  return { status: response.status, text: await response.text() };
}

/** What a page asks whose visitor is in hostile audiences, from Germany, with a telephone and a note. */
async function decisionsFor(workspace: TestWorkspace, placements: readonly string[], note: string) {
  const response = await exports.default.fetch(
    new Request('https://api.example/v1/optimize', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${workspace.publishableKey}`,
        'content-type': 'application/json',
        origin: workspace.origin,
        'user-agent': TELEPHONE,
      },
      body: JSON.stringify({ placements, context: { attributes: { note } } }),
      cf: { country: 'DE' },
    }),
  );
  const text = await response.text();
  expect(response.status, text).toBe(200);
  const { decisions, ignoredAttributes } = optimizeResponse.parse(JSON.parse(text));
  expect(ignoredAttributes).toBeUndefined();
  expect(decisions.map(({ placement }) => placement)).toEqual(placements);
  return decisions;
}

const campaign = (id: string, placement: string, condition: object) => ({
  ...{ kind: 'campaign', id, name: id, objective: { goal: 'click' }, placements: [placement] },
  ...{ audience: { condition }, arms: [{ id: 'a', content: { text: id } }] },
});

/** Two campaigns for each segment, one for who is in it and one for the others: whoever asks is shown one of them. Returns which, note by note. */
async function decideBySegments(workspace: TestWorkspace, segments: readonly string[]) {
  const documents = segments.flatMap((id) => [
    { kind: 'placement', id: `for-${id}`, name: id },
    campaign(`in-${id}`, `for-${id}`, { $inSegment: id }),
    campaign(`out-${id}`, `for-${id}`, { $not: { $inSegment: id } }),
  ]);
  const { status, text } = await pushText(workspace, JSON.stringify({ documents }));
  expect(status, text).toBe(200);
  const decide = async (note: string) => {
    const shown: (string | undefined)[] = [];
    for (let i = 0; i < segments.length; i += MAX_PLACEMENTS) {
      const placements = segments.slice(i, i + MAX_PLACEMENTS).map((id) => `for-${id}`);
      const decisions = await eventually(
        () => decisionsFor(workspace, placements, note),
        (decided) => decided.every(({ unknownPlacement }) => !unknownPlacement),
      );
      shown.push(...decisions.map((decision) => decision.campaign));
    }
    return shown;
  };
  return [await decide(NOTES[0]), await decide(NOTES[1])] as const;
}

/** Documents and drafts of a workspace, as text. */
async function storedOf({ workspaceId }: TestWorkspace): Promise<string[]> {
  const { results } = await bindings.DB.prepare(
    'SELECT kind, id, version, body FROM documents WHERE workspace_id = ? ORDER BY kind, id, version',
  )
    .bind(workspaceId)
    .all();
  return results.map((row) => JSON.stringify(row));
}

/** Every hostile segment that was taken is decided by, and between the hostile campaigns that were it is decided. */
async function expectServing(workspace: TestWorkspace, stored: readonly string[]): Promise<void> {
  const taken = stored.map((row) => JSON.parse(row) as { kind: string; id: string });
  const idsOf = (kind: string) => [...new Set(taken.filter((one) => one.kind === kind).map(({ id }) => id))];
  const segments = idsOf('segment');
  const sides = await decideBySegments(workspace, segments);
  for (const shown of sides)
    for (const [i, id] of segments.entries()) expect([`in-${id}`, `out-${id}`]).toContain(shown[i]);
  // They are looked at: what visitors bring tells which side they are on.
  expect(sides[0]).not.toEqual(sides[1]);
  const hostile = idsOf('campaign').filter((id) => id.startsWith('poison-'));
  const shown = new Set<string>();
  for (let i = 0; i < VISITORS; i += 1) {
    const [hero, other] = await decisionsFor(workspace, ['hero', 'other'], NOTES[0]);
    expect(hero).toMatchObject({ campaign: 'demo' });
    expect(hostile).toContain(other!.campaign);
    if (other!.outcome === 'campaign') shown.add(other!.campaign as string);
  }
  console.log(
    `${segments.length} hostile segments decided by, ${shown.size} of ${hostile.length} hostile campaigns shown`,
  );
  expect(shown.size).toBeGreaterThan(0);
}

describe('poison configuration', () => {
  it(`${DOCUMENTS} hostile documents: refused by the name of a field and not stored, or taken, and serving goes on`, async () => {
    const workspace = await createWorkspace(bindings);
    await publishDemo(bindings, workspace, AROUND);
    const before = await storedOf(workspace);
    const refusedIds = new Set<number>();
    const told = new Map<string, { refused: number; taken: number }>();
    for (const [i, { family, body }] of hostileDocuments(testRandom(SEED), DOCUMENTS).entries()) {
      const { status, text } = await pushText(workspace, body);
      const sums = told.get(family) ?? { refused: 0, taken: 0 };
      told.set(family, sums);
      if (status === 200) {
        sums.taken += 1;
        continue;
      }
      sums.refused += 1;
      refusedIds.add(i);
      const problem = JSON.parse(text) as Problem;
      const name = problem.type.replace('/problems/', '');
      const why = `seed ${SEED}, document ${i}, ${family}: ${status} ${text.slice(0, 300)} for ${body.slice(0, 200)}`;
      expect([400, 413, 422], why).toContain(status);
      if (!WHOLE.has(name)) expect(problem.errors?.[0]?.field ?? problem.detail, why).toBeTypeOf('string');
      if (name === 'invalid_configuration') expect(problem.errors?.[0]?.field, why).toMatch(/^\//);
      expect(text, why).not.toMatch(/\bat .*\.ts:\d+|node_modules|TypeError|RangeError/);
    }
    console.log(`hostile documents by family: ${JSON.stringify(Object.fromEntries(told))}`);
    const stored = await storedOf(workspace);
    for (const row of before) expect(stored).toContain(row);
    const marks = stored.flatMap((row) => [...row.matchAll(/poison-?(\d+)/g)].map(([, i]) => Number(i)));
    expect(marks.filter((i) => refusedIds.has(i))).toEqual([]);
    expect(refusedIds.size).toBeGreaterThan(DOCUMENTS / 2);
    for (const [family, { refused, taken }] of told) expect(refused + taken, family).toBeGreaterThan(DOCUMENTS / 20);
    await expectServing(workspace, stored);
    expect(({} as Record<string, unknown>).name).toBeUndefined();
  }, 120_000);

  it('sound documents of the same kinds are taken: it is the poison that is refused', async () => {
    const workspace = await createWorkspace(bindings);
    await publishDemo(bindings, workspace, AROUND);
    const documents = Object.entries(SOUND).map(([kind, make]) => make(`sound-${kind}`));
    const { status, text } = await pushText(
      workspace,
      JSON.stringify({ documents: documents.filter((each) => each.kind !== 'settings') }),
    );
    expect(status, text).toBe(200);
  });
});
