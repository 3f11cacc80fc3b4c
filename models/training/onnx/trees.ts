/** Trees as the node that ONNX has for them. */
import type { Tree } from '../trees/tree.ts';
import type { GraphBuilder } from './builder.ts';
import type { Attribute } from './graph.ts';

/** How a node compares: our own trees send what is at most the threshold to the true side, XGBoost's what is below it. */
export type TreeMode = 'BRANCH_LEQ' | 'BRANCH_LT';

export interface TreeOptions {
  readonly mode?: TreeMode;
  /** Added to the sum of the leaves; `bases` where each target has its own. */
  readonly base?: number;
  readonly bases?: readonly number[];
  /** Target of each tree, of `targets`; all trees add to the only one unless told. */
  readonly targetOf?: readonly number[];
  readonly targets?: number;
}

/** The trees' lists one after the other, as attributes of TreeEnsembleRegressor (ai.onnx.ml 3). */
export function treeAttributes(trees: readonly Tree[], options: TreeOptions = {}): Record<string, Attribute> {
  const { mode = 'BRANCH_LEQ', base = 0, targets = 1, targetOf } = options;
  const bases = options.bases ?? new Array<number>(targets).fill(base);
  const nodes = trees.flatMap((tree, treeId) => Array.from(tree.column, (_, node) => ({ tree, treeId, node })));
  const leaves = nodes.filter(({ tree, node }) => tree.column[node]! < 0);
  const ints = (of: (at: (typeof nodes)[number]) => number, from = nodes) => ({ ints: from.map(of) });
  return {
    n_targets: { int: targets },
    aggregate_function: { string: 'SUM' },
    post_transform: { string: 'NONE' },
    ...(bases.some((own) => own !== 0) && { base_values: { floats: bases } }),
    nodes_treeids: ints(({ treeId }) => treeId),
    nodes_nodeids: ints(({ node }) => node),
    nodes_featureids: ints(({ tree, node }) => Math.max(0, tree.column[node]!)),
    nodes_modes: { strings: nodes.map(({ tree, node }) => (tree.column[node]! < 0 ? 'LEAF' : mode)) },
    nodes_values: { floats: nodes.map(({ tree, node }) => tree.threshold[node]!) },
    nodes_truenodeids: ints(({ tree, node }) => tree.left[node]!),
    nodes_falsenodeids: ints(({ tree, node }) => tree.right[node]!),
    nodes_missing_value_tracks_true: ints(({ tree, node }) => tree.missingLeft[node]!),
    target_treeids: ints(({ treeId }) => treeId, leaves),
    target_nodeids: ints(({ node }) => node, leaves),
    target_ids: ints(({ treeId }) => targetOf?.[treeId] ?? 0, leaves),
    target_weights: { floats: leaves.map(({ tree, node }) => tree.value[node]!) },
  };
}

/** Adds the sum of the trees' leaves. @returns the name of a column per target. */
export function addTrees(graph: GraphBuilder, rows: string, trees: readonly Tree[], options: TreeOptions = {}): string {
  return graph.node('TreeEnsembleRegressor', [rows], treeAttributes(trees, options), 'ai.onnx.ml');
}
