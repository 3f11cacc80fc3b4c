/** What a model's versions came to: the sums of every campaign's root, put together. */
import type { ModelPerformance, ModelVersionPerformance } from '../../contract/models/performance.ts';
import { database } from '../../db/database.ts';
import { findNewest, findVersions, type ModelVersionRow } from '../../db/queries/models.ts';
import { addVectors } from '../../decisioning/bandits/named-sums.ts';
import type { ModelManifest } from '../../decisioning/scoring/manifest.ts';
import { inputDrift } from '../../decisioning/scoring/watch/input-sums.ts';
import { scoreMetrics } from '../../decisioning/scoring/watch/metrics.ts';
import { binEdges } from '../../decisioning/scoring/watch/score-bins.ts';
import {
  readScoreSums,
  SCORE_BINS,
  SCORE_KINDS,
  SCORE_SUMS_LENGTH,
  type SumKind,
} from '../../decisioning/scoring/watch/score-sums.ts';
import type { VersionSums } from '../../durable-objects/campaign/model-windows.ts';
import { publisherStub, rootStub } from '../../durable-objects/shared/calls.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';

/** Campaigns whose roots one answer asks: a worker may make a thousand calls, and some of them are tried again. */
export const MAX_ASKED_CAMPAIGNS = 300;
/** Roots asked at the same time. */
const AT_ONCE = 25;
/** Two-sided 95 % of the normal distribution. */
const Z95 = 1.96;

/** A version's sums in one leaf of one campaign. */
export interface CampaignVersionSums extends VersionSums {
  readonly campaign: string;
}

/** Every campaign's sums of a model since a moment, and the campaigns that did not answer; settled besides, where it is told how long outcomes take at least. */
export async function askModelSums(
  env: Env,
  workspaceId: string,
  campaigns: readonly string[],
  model: string,
  sinceMs: number,
  settleMs?: number,
): Promise<{ readonly cells: readonly CampaignVersionSums[]; readonly unanswered: readonly string[] }> {
  const cells: CampaignVersionSums[] = [];
  const unanswered: string[] = [...campaigns.slice(MAX_ASKED_CAMPAIGNS)];
  const asked = campaigns.slice(0, MAX_ASKED_CAMPAIGNS);
  for (let from = 0; from < asked.length; from += AT_ONCE)
    await Promise.all(
      asked.slice(from, from + AT_ONCE).map(async (campaign) => {
        try {
          const told = await withRetry(
            async (): Promise<readonly VersionSums[]> =>
              (await rootStub(env, workspaceId, campaign)).modelSums(model, sinceMs, settleMs) as never,
          );
          cells.push(...told.map((cell) => ({ ...cell, campaign })));
        } catch {
          unanswered.push(campaign);
        }
      }),
    );
  const order = (a: CampaignVersionSums, b: CampaignVersionSums) =>
    a.campaign < b.campaign ? -1 : a.campaign > b.campaign ? 1 : a.leaf < b.leaf ? -1 : 1;
  return { cells: cells.sort(order), unanswered: unanswered.sort() };
}

/** The answer of the endpoint; undefined where there is no such model. */
export async function modelPerformanceOf(
  env: Env,
  workspaceId: string,
  { id, campaigns, days, nowMs }: { id: string; campaigns: readonly string[]; days: number; nowMs: number },
): Promise<ModelPerformance | undefined> {
  const db = database(env.DB);
  if (!(await findNewest(db, workspaceId, id))) return undefined;
  const [{ cells, unanswered }, alerts] = await Promise.all([
    askModelSums(env, workspaceId, campaigns, id, nowMs - days * 86_400_000),
    alertsOf(env, workspaceId, id),
  ]);
  const rows = await findVersions(db, workspaceId, id, [...new Set(cells.map(({ version }) => version))]);
  const versions = rows.map((row) =>
    versionPerformance(
      row,
      cells.filter(({ version }) => version === row.version),
    ),
  );
  return { model: id, days, versions, alerts, unanswered: [...unanswered] };
}

/** One kind of sums over all cells; undefined where there are none. */
export function sumsOf(cells: readonly Pick<VersionSums, 'sums'>[], kind: SumKind): readonly number[] | undefined {
  const lists = cells.flatMap(({ sums }) => (sums[kind] ? [sums[kind]] : []));
  const [first] = lists;
  if (!first) return undefined;
  return lists.filter(({ length }) => length === first.length).reduce(addVectors);
}

/** What outcomes judge: by their scores, or by their order alone; counted in the same bins. */
interface JudgedSums {
  readonly kind: 'judged' | 'model' | 'ranked';
  readonly sums: readonly number[];
}

/** What outcomes judge most fully; of bins that changed, the later ones. */
export function judgedSums(cells: readonly Pick<VersionSums, 'sums'>[]): JudgedSums | undefined {
  for (const kind of ['judged', 'model', 'ranked'] as const) {
    const sums = sumsOf(cells, kind);
    if (sums) return { kind, sums };
  }
  return undefined;
}

function versionPerformance(row: ModelVersionRow, cells: readonly CampaignVersionSums[]): ModelVersionPerformance {
  const judged = judgedSums(cells);
  const inputs = sumsOf(cells, 'inputs');
  const manifest = JSON.parse(row.manifest) as ModelManifest;
  const drift = manifest.reference && inputs ? inputDrift(manifest.reference, inputs) : [];
  const selected = [...new Set(cells.flatMap(({ campaign, selected: is }) => (is ? [campaign] : [])))];
  return {
    version: row.version,
    stage: row.stage,
    judged: judged !== undefined,
    ...(judged?.kind === 'ranked' && { byOrder: true as const }),
    campaigns: [...new Set(cells.map(({ campaign }) => campaign))],
    ...(selected.length > 0 && { selects: selected }),
    ...figuresOf(cells),
    curve: curveOf(judged ?? { kind: 'model', sums: sumsOf(cells, 'scores') ?? EMPTY }, manifest, judged !== undefined),
    drift: drift.map(({ input = null, ...rest }) => ({ input, ...rest })),
    leaves: cells.map((cell) => ({ campaign: cell.campaign, leaf: cell.leaf, ...figuresOf([cell]) })),
  };
}

/** Figures that go by outcomes are null where those are of something else, and those that go by more than order where scores are of another scale. */
function figuresOf(cells: readonly Pick<VersionSums, 'sums'>[]) {
  const judged = judgedSums(cells);
  // Rates of all trials, whatever outcomes say of them: bins do not matter to these.
  const rates = scoreMetrics(readScoreSums(SCORE_KINDS.map((kind) => sumsOf(cells, kind) ?? EMPTY).reduce(addVectors)));
  const metrics = scoreMetrics(readScoreSums(judged?.sums ?? EMPTY));
  const { auc, aucError } = metrics;
  const by = <T>(figure: T): T | null => (judged && judged.kind !== 'ranked' ? figure : null);
  const interval = (from: number, error: number): [number, number] => [
    Math.max(0, from - Z95 * error),
    Math.min(1, from + Z95 * error),
  ];
  return {
    trials: rates.trials,
    conversions: rates.conversions,
    auc,
    aucInterval: auc !== null && aucError !== null ? interval(auc, aucError) : null,
    logLoss: by(metrics.logLoss),
    brier: by(metrics.brier),
    ece: by(metrics.ece),
    eceByChance: by(metrics.eceByChance?.mean ?? null),
    bias: by(metrics.bias),
    missingRate: rates.missingRate,
    brokenRate: rates.brokenRate,
    lateRate: rates.lateRate,
  };
}

const EMPTY = new Array<number>(SCORE_SUMS_LENGTH).fill(0);

/** Bins with their bounds: those of training as shares of the first output's range, or of equal width. */
function curveOf(
  { kind, sums }: JudgedSums,
  manifest: ModelManifest,
  judged: boolean,
): ModelVersionPerformance['curve'] {
  const [output] = manifest.outputs;
  const edges = kind === 'model' || !output ? undefined : binEdges(manifest, output);
  const [least, most] = output?.range ?? [0, 1];
  const inner =
    edges?.map((edge) => Math.min(1, Math.max(0, (edge - least) / (most - least)))) ??
    Array.from({ length: SCORE_BINS - 1 }, (_, i) => (i + 1) / SCORE_BINS);
  const bounds = [0, ...inner, 1];
  return readScoreSums(sums)
    .bins.slice(0, bounds.length - 1)
    .map(({ trials, conversions, mean }, bin) => ({
      from: bounds[bin]!,
      to: bounds[bin + 1]!,
      trials,
      mean,
      rate: judged && trials > 0 ? conversions / trials : null,
    }));
}

/** Alerts of the model, the newest first; none when the publisher does not answer: figures are told all the same. */
async function alertsOf(env: Env, workspaceId: string, id: string): Promise<ModelPerformance['alerts']> {
  try {
    const all = await (await publisherStub(env, workspaceId)).alerts();
    return all
      .filter(({ subject }) => subject === `model:${id}`)
      .map(({ raisedAtMs, detail }) => ({
        raisedAt: new Date(raisedAtMs).toISOString(),
        what: String(detail.what),
        words: String(detail.words),
      }));
  } catch {
    return [];
  }
}
