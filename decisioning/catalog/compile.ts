/** From everything a revision publishes to what the edge reads: pure and deterministic, so that equal input gives equal bytes. */
import { policyOf } from './campaign-policy.ts';
import { checkConfiguration } from './check.ts';
import { compileDirectory } from './compile-directory.ts';
import { compileContents, compileRules, sliceSource } from './compile-slices.ts';
import type { Configuration } from './configuration.ts';
import { withBuiltIns } from './defaults.ts';
import { MAX_SLICE_BYTES, utf8Length } from './limits.ts';
import { type ModelRead, modelReadsOf } from './model-reads.ts';
import { modelPolicyOf } from './model-use.ts';
import { byId } from './order.ts';
import { type CatalogProblem, newReport, type Report } from './problems.ts';
import type { CampaignPolicy, ContentsSlice, Directory, RulesSlice } from './slice.ts';
import { warningsOf } from './warnings.ts';

export interface PlacementSlices {
  readonly rules: RulesSlice;
  readonly contents: ContentsSlice;
}

/** A compiled configuration. Serialise its parts with `JSON.stringify`: keys and lists are in a fixed order. */
export interface Catalog {
  readonly directory: Directory;
  readonly placements: Readonly<Record<string, PlacementSlices>>;
  /** By campaign id. */
  readonly policies: readonly CampaignPolicy[];
  /** What its campaigns should not surprise anybody with, by campaign id. */
  readonly warnings: readonly CatalogProblem[];
  /** Scores of models that it names: whether they are there, the registry knows. */
  readonly modelReads: readonly ModelRead[];
}

export type CompileResult =
  | { readonly ok: true; readonly catalog: Catalog }
  | { readonly ok: false; readonly problems: readonly CatalogProblem[] };

function checkSize(path: string, slice: unknown, what: string, report: Report): void {
  const bytes = utf8Length(JSON.stringify(slice));
  if (bytes > MAX_SLICE_BYTES) report(path, `its ${what} take ${bytes} bytes; at most ${MAX_SLICE_BYTES}`);
}

/**
 * Compiles a configuration, adding the built-in channels and goals. All problems are reported at once; with any, there is no catalog.
 *
 * @param workspace `salt` goes into every hash that assigns customers to groups and never changes
 */
export function compile(
  configuration: Configuration,
  workspace: { readonly workspaceId: string; readonly salt: string },
): CompileResult {
  const { problems, report } = newReport();
  const complete = withBuiltIns(configuration);
  checkConfiguration(complete, report);
  if (problems.length > 0) return { ok: false, problems };
  const windows = new Map(complete.goals.map((goal) => [goal.id, goal.windowMs]));
  const policies = new Map(
    byId(complete.campaigns).map((campaign) => {
      const watch = modelPolicyOf(campaign, windows.get(campaign.objective.goal)!, complete.segments);
      return [campaign.id, { ...policyOf(campaign), ...watch }];
    }),
  );
  const source = sliceSource(complete, workspace.salt, policies);
  const directory = compileDirectory(complete, workspace.workspaceId, policies);
  const placements = byId(complete.placements).map((placement): [string, PlacementSlices] => {
    const slices = { rules: compileRules(source, placement), contents: compileContents(source, placement) };
    checkSize(`/placements/${placement.id}`, slices.rules, 'campaigns', report);
    checkSize(`/placements/${placement.id}`, slices.contents, 'contents', report);
    return [placement.id, slices];
  });
  checkSize('', directory, 'facts of the workspace', report);
  if (problems.length > 0) return { ok: false, problems };
  const sorted = { campaigns: byId(complete.campaigns), segments: byId(complete.segments) };
  return {
    ok: true,
    catalog: {
      directory,
      placements: Object.fromEntries(placements),
      policies: [...policies.values()],
      warnings: warningsOf({ ...complete, ...sorted }),
      modelReads: modelReadsOf(sorted),
    },
  };
}
