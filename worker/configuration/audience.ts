/** An audience as it is asked about: checked like a published one, against what is written now. */
import type { AudienceRequest } from '../../contract/audience.ts';
import type { ProblemError } from '../../contract/problem.ts';
import { database } from '../../db/database.ts';
import { readSnapshot } from '../../db/queries/drafts.ts';
import { ASKED, type AsKnown, asKnown, DECISION_ONLY_ROOTS } from '../../decisioning/audience/as-known.ts';
import { rootOf } from '../../decisioning/catalog/attribute-paths.ts';
import { checkCondition } from '../../decisioning/catalog/check-conditions.ts';
import type { ConditionDocument } from '../../decisioning/catalog/configuration.ts';
import { BUILT_IN_CHANNELS, BUILT_IN_GOALS } from '../../decisioning/catalog/defaults.ts';
import { type KnownIds, noSuch } from '../../decisioning/catalog/known-ids.ts';
import { newReport } from '../../decisioning/catalog/problems.ts';
import { compileSegments } from '../../decisioning/segments/index.ts';
import { type Checked, refused } from '../http/problem.ts';

/** Largest question, the segments it refers to included: it is sent to every customer that is asked. */
const MAX_QUESTION_LENGTH = 64 * 1_024;

/** What customers are asked, and what only a request would know. */
export interface AudienceQuestion {
  /** JSON of conditions by name. */
  readonly question: string;
  readonly unknownAttributes: readonly string[];
}

interface Written {
  readonly known: KnownIds;
  readonly segments: Readonly<Record<string, ConditionDocument>>;
}

function writtenIn(drafts: readonly { readonly kind: string; readonly id: string; readonly body: string }[]): Written {
  const ids = (kind: string, builtIn: readonly { readonly id: string }[] = []) =>
    new Set([...builtIn, ...drafts.filter((draft) => draft.kind === kind)].map(({ id }) => id));
  const segments = drafts.filter(({ kind }) => kind === 'segment');
  return {
    known: {
      campaigns: ids('campaign'),
      segments: ids('segment'),
      placements: ids('placement'),
      channels: ids('channel', BUILT_IN_CHANNELS),
      goals: ids('goal', BUILT_IN_GOALS),
      attributes: ids('attribute'),
      // A matter of objectives, not of conditions.
      otherUnits: new Set(),
    },
    segments: Object.fromEntries(
      segments.map(({ id, body }) => [id, (JSON.parse(body) as { condition: ConditionDocument }).condition]),
    ),
  };
}

/** What is wrong with the segments that the question needs; they are drafts, so anything may be. */
function problemsOf({ definitions }: AsKnown): ProblemError[] {
  const compiled = compileSegments(definitions);
  if (compiled.ok) return [];
  return compiled.problems.map(({ segment, path, reason, cycle }) => {
    const words = cycle ? `refer to each other in a circle: ${cycle.join(' → ')}` : reason.replaceAll('_', ' ');
    const where = segment === ASKED ? 'it' : `segment "${segment.replace('!', '')}"`;
    return {
      field: segment === ASKED ? '/condition' : '/segment',
      detail: `${where}: ${words}${path && ` (${path})`}`,
    };
  });
}

/** Reads an audience against the drafts of its workspace; refused with `invalid_request` as publishing would refuse it. */
export async function audienceQuestion(
  env: Env,
  workspaceId: string,
  audience: AudienceRequest,
): Promise<Checked<AudienceQuestion>> {
  const snapshot = await readSnapshot(database(env.DB), workspaceId);
  const { known, segments } = writtenIn(snapshot?.drafts ?? []);
  const { problems, report } = newReport();
  const { segment, condition } = audience;
  if (segment !== undefined && !known.segments.has(segment))
    report('/segment', noSuch('segment', segment, known.segments));
  if (condition !== undefined) checkCondition(condition as ConditionDocument, '/condition', known, report);
  if (problems.length > 0) {
    return refused(
      'invalid_request',
      undefined,
      problems.map(({ path, detail }) => ({ field: path, detail })),
    );
  }
  const both: ConditionDocument = {
    $and: [...(condition ? [condition as ConditionDocument] : []), ...(segment ? [{ $inSegment: segment }] : [])],
  };
  const asked = asKnown(both, segments, (path) => DECISION_ONLY_ROOTS.includes(rootOf(path)));
  const unreadable = problemsOf(asked);
  if (unreadable.length > 0) return refused('invalid_request', undefined, unreadable);
  const question = JSON.stringify(asked.definitions);
  if (question.length > MAX_QUESTION_LENGTH)
    return refused('invalid_request', 'The condition and the segments it refers to are too large together');
  return { ok: true, value: { question, unknownAttributes: asked.unknown } };
}
