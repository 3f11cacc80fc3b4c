/** Trees as TreeEnsembleClassifier and TreeEnsembleRegressor list them: every node with its tree's id and its own. */
import type { Call } from '../call.ts';
import { refuse } from '../refuse.ts';
import type { Forest, Split, Weight } from './forest.ts';

/** In the order of opset 5's numbers. */
const MODES = ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ'];
const LEAF = 'LEAF';

/** Larger than any id that a file of 8 MB has room for, so that two ids make one key. */
const IDS = 67_108_864;

/** @param what `target` or `class`: what the lists of leaf weights begin with. @throws Refused */
export function forestOf(call: Call, what: 'target' | 'class'): Forest {
  const trees = call.ints('nodes_treeids');
  const ids = call.ints('nodes_nodeids');
  const features = call.ints('nodes_featureids');
  const modes = call.texts('nodes_modes');
  const values = call.numbers('nodes_values');
  const [yes, no] = [call.ints('nodes_truenodeids'), call.ints('nodes_falsenodeids')];
  const missing = call.ints('nodes_missing_value_tracks_true');
  // How often training rows came by: nothing that a score depends on.
  call.numbers('nodes_hitrates');
  const count = ids.length;
  const lengths = {
    nodes_treeids: trees,
    nodes_featureids: features,
    nodes_modes: modes,
    nodes_values: values,
    nodes_truenodeids: yes,
    nodes_falsenodeids: no,
  };
  for (const [name, list] of Object.entries(lengths)) {
    if (list.length !== count) refuse('malformed', `${name} has ${list.length} entries for ${count} nodes`);
  }
  if (count === 0) refuse('malformed', 'no nodes');
  if (missing.length > 0 && missing.length !== count)
    refuse('malformed', `nodes_missing_value_tracks_true has ${missing.length} entries`);

  const places = new Map<number, number>();
  const keyOf = (tree: number, id: number): number =>
    tree >= 0 && tree < IDS && id >= 0 && id < IDS
      ? tree * IDS + id
      : refuse('malformed', `node ${id} of tree ${tree}`);
  const isLeaf = (i: number): boolean => modes[i] === LEAF;
  /** Splits and leaves are counted apart. */
  const at: number[] = [];
  const leaves: Weight[][] = [];
  let inner = 0;
  for (let i = 0; i < count; i++) {
    const key = keyOf(trees[i]!, ids[i]!);
    if (places.has(key)) refuse('malformed', `node ${ids[i]} of tree ${trees[i]} is there twice`);
    places.set(key, i);
    at.push(isLeaf(i) ? ~(leaves.push([]) - 1) : inner++);
  }
  const find = (tree: number, id: number): number =>
    places.get(keyOf(tree, id)) ?? refuse('malformed', `node ${id} of tree ${tree} does not exist`);

  const isChild = new Set<number>();
  const splits: Split[] = [];
  for (let i = 0; i < count; i++) {
    if (isLeaf(i)) continue;
    const mode = MODES.indexOf(modes[i]!);
    if (mode < 0) refuse('unsupported', `mode ${modes[i]}`);
    const [yesAt, noAt] = [find(trees[i]!, yes[i]!), find(trees[i]!, no[i]!)];
    isChild.add(yesAt).add(noAt);
    splits.push({
      feature: features[i]!,
      mode,
      value: values[i]!,
      yes: at[yesAt]!,
      no: at[noAt]!,
      missingIsYes: !!missing[i],
    });
  }
  weighLeaves(call, what, (tree, id) => leaves[~at[find(tree, id)]!]);
  return { splits, leaves, roots: rootsOf(trees, isChild).map((i) => at[i]!) };
}

/** The first node of each tree that is nobody's child, in the order of the trees. */
function rootsOf(trees: readonly number[], isChild: ReadonlySet<number>): number[] {
  const roots = new Map<number, number>();
  trees.forEach((tree, i) => {
    const known = roots.get(tree);
    if (known === undefined || (isChild.has(known) && !isChild.has(i))) roots.set(tree, i);
  });
  return [...roots.values()];
}

function weighLeaves(call: Call, what: string, leafOf: (tree: number, id: number) => Weight[] | undefined): void {
  const [trees, ids, targets] = [call.ints(`${what}_treeids`), call.ints(`${what}_nodeids`), call.ints(`${what}_ids`)];
  const weights = call.numbers(`${what}_weights`);
  if (trees.length !== ids.length || targets.length !== ids.length || weights.length !== ids.length) {
    refuse('malformed', `lists of ${what}es differ in length`);
  }
  // Weights of nodes that are no leaves reach no score.
  for (let i = 0; i < ids.length; i++) leafOf(trees[i]!, ids[i]!)?.push({ target: targets[i]!, weight: weights[i]! });
}
