/** Trees as model files list them. */
import type { Call } from '../call.ts';
import { must, refuse } from '../refuse.ts';
import { type Numbers, tensorOf } from '../tensor.ts';

/** The same whichever operator listed them. A way leads to a node, by its place, or to a leaf: `~place`. */
export interface Forest {
  readonly features: readonly number[];
  /** By opset 5's numbers. */
  readonly modes: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly yes: readonly number[];
  readonly no: readonly number[];
  /** Whether NaN counts as yes, whatever the comparison says; empty where it never does. */
  readonly missing: readonly number[];
  /** The sets that nodes of mode 6 ask for, by node. */
  readonly members: readonly ArrayLike<number>[];
  readonly roots: readonly number[];
  /** What a leaf adds to the scores: target, weight, target, weight, …; a hole where it adds nothing. */
  readonly leaves: readonly (readonly number[])[];
}

/** In the order of opset 5's numbers, and a leaf. */
const MODES = ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ', '', 'LEAF'];
export const MEMBER = 6;
const LEAF = 7;

/** Ids of nodes are below it: a file has no room for as many. */
const IDS = 67_108_864;

function sameLengths(...lists: readonly ArrayLike<unknown>[]): void {
  for (const list of lists) must(list.length === lists[0]!.length, 'lists of different lengths');
}

/** Of TreeEnsembleClassifier and TreeEnsembleRegressor: every node with its tree's id and its own. A tree's root is its first node. @throws Refused */
export function forestById(call: Call, what: 'target' | 'class'): Forest {
  const lists = ['treeids', 'nodeids', 'featureids', 'truenodeids', 'falsenodeids'];
  const [trees, ids, features, yes, no] = lists.map((name) => call.ints(`nodes_${name}`)) as [
    number[],
    number[],
    number[],
    number[],
    number[],
  ];
  const modes = (call.get('strings', 'nodes_modes') ?? []).map((mode) => MODES.indexOf(mode));
  const values = call.floats('nodes_values');
  // How often training rows came by: nothing that a score depends on.
  call.floats('nodes_hitrates');
  sameLengths(ids, trees, features, yes, no, modes, values);
  const places = new Map(ids.map((id, i) => [trees[i]! * IDS + id, i]));
  must(places.size === ids.length, 'a node that is there twice');
  const find = (tree: number, id: number): number => {
    const place = places.get(tree * IDS + id) ?? refuse('malformed', `node ${id} of tree ${tree} does not exist`);
    return modes[place] === LEAF ? ~place : place;
  };
  const follow = (ways: readonly number[]): number[] =>
    ways.map((id, i) => (modes[i] === LEAF ? 0 : find(trees[i]!, id)));
  const [leafTrees, leafIds, targets] = ['treeids', 'nodeids', 'ids'].map((name) => call.ints(`${what}_${name}`)) as [
    number[],
    number[],
    number[],
  ];
  const weights = call.floats(`${what}_weights`);
  sameLengths(leafTrees, leafIds, targets, weights);
  const leaves: number[][] = [];
  leafTrees.forEach((tree, i) => {
    const leaf = ~find(tree, leafIds[i]!);
    // Weights of nodes that are no leaves reach no score.
    if (leaf < 0) return;
    leaves[leaf] ??= [];
    leaves[leaf].push(targets[i]!, weights[i]!);
  });
  return {
    features,
    modes,
    values,
    yes: follow(yes),
    no: follow(no),
    missing: call.ints('nodes_missing_value_tracks_true'),
    members: [],
    roots: ids.flatMap((id, i) => (trees[i] === trees[i - 1] ? [] : [find(trees[i]!, id)])),
    leaves,
  };
}

/** Of opset 5's TreeEnsemble: by place, leaves apart. @throws Refused */
export function forestByPlace(call: Call): Forest {
  const numbers = (name: string): Numbers | never[] => {
    const tensor = call.get('t', name);
    return tensor ? (tensorOf(tensor).data as Numbers) : [];
  };
  const features = call.ints('nodes_featureids');
  const [modes, values] = [numbers('nodes_modes'), numbers('nodes_splits')];
  const ways = (side: string): number[] => {
    const [ids, areLeaves] = [call.ints(`nodes_${side}nodeids`), call.ints(`nodes_${side}leafs`)];
    sameLengths(features, ids, areLeaves, modes, values);
    return ids.map((id, i) => (areLeaves[i] ? ~id : id));
  };
  const [targets, weights] = [call.ints('leaf_targetids'), numbers('leaf_weights')];
  sameLengths(targets, weights);
  numbers('nodes_hitrates');
  // Sets stand one after the other, each with NaN behind it.
  const sets = numbers('membership_values');
  const members: Numbers[] = [];
  let start = 0;
  features.forEach((_, i) => {
    if (modes[i] !== MEMBER) return;
    const end = start + Math.max(sets.slice(start).findIndex(Number.isNaN), 0);
    members[i] = sets.slice(start, end) as Numbers;
    start = end + 1;
  });
  return {
    features,
    modes,
    values,
    yes: ways('true'),
    no: ways('false'),
    missing: call.ints('nodes_missing_value_tracks_true'),
    members,
    roots: call.ints('tree_roots'),
    leaves: targets.map((target, i) => [target, weights[i]!]),
  };
}
