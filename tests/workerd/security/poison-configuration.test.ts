/** Hostile configuration: each document is refused by the name of a field and nothing of it is stored, or it is taken and serving goes on. */
import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../contract/problem.ts';
import { testRandom } from '../../../decisioning/testing/seeds.ts';
import { apiOf } from '../api.ts';
import { createWorkspace, demoDocuments, publishDemo, type TestWorkspace } from '../workspace.ts';
import { hostileDocuments, SOUND } from './poison.ts';

const bindings = env as unknown as Env;
const SEED = 7_101;
const DOCUMENTS = 500;
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

/** Documents and drafts of a workspace, as text. */
async function storedOf({ workspaceId }: TestWorkspace): Promise<string[]> {
  const { results } = await bindings.DB.prepare(
    'SELECT kind, id, version, body FROM documents WHERE workspace_id = ? ORDER BY kind, id, version',
  )
    .bind(workspaceId)
    .all();
  return results.map((row) => JSON.stringify(row));
}

describe('poison configuration', () => {
  it(`${DOCUMENTS} hostile documents: refused by the name of a field and not stored, or taken, and serving goes on`, async () => {
    const workspace = await createWorkspace(bindings);
    const api = apiOf(workspace);
    await publishDemo(bindings, workspace, [...demoDocuments(), { kind: 'placement', id: 'other', name: 'Other' }]);
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
    const { status, body } = await api.optimizeFromPage({ placements: ['hero'] });
    expect(status).toBe(200);
    expect(body.decisions[0]).toMatchObject({ campaign: 'demo' });
    expect(({} as Record<string, unknown>).name).toBeUndefined();
  }, 120_000);

  it('sound documents of the same kinds are taken: it is the poison that is refused', async () => {
    const workspace = await createWorkspace(bindings);
    await publishDemo(bindings, workspace, [...demoDocuments(), { kind: 'placement', id: 'other', name: 'Other' }]);
    const documents = Object.entries(SOUND).map(([kind, make]) => make(`sound-${kind}`));
    const { status, text } = await pushText(
      workspace,
      JSON.stringify({ documents: documents.filter((each) => each.kind !== 'settings') }),
    );
    expect(status, text).toBe(200);
  });
});
