/** Trees as model files list them. */
import type { Call } from '../call.ts';
import { must, refuse } from '../refuse.ts';
import { tensorOf } from '../tensor.ts';

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
  readonly members: readonly (readonly number[])[];
  readonly roots: readonly number[];
  /** What each leaf adds to the scores: target, weight, target, weight, … */
  readonly leaves: readonly (readonly number[])[];
}

/** In the order of opset 5's numbers, and a leaf. */
const MODES = ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ', '', 'LEAF'];
export const MEMBER = 6;
const LEAF = 7;

/** Ids of nodes are below it: a file has no room for as many. */
const IDS = 67_108_864;

/** Of TreeEnsembleClassifier and TreeEnsembleRegressor: every node with its tree's id and its own. A tree's root is its first node. @throws Refused */
export function forestById(call: Call, what: string): Forest {
  const trees = call.ints('nodes_treeids');
  const ids = call.ints('nodes_nodeids');
  const modes = (call.get('strings', 'nodes_modes') ?? []).map((mode) => MODES.indexOf(mode));
  const values = call.floats('nodes_values');
  // How often training rows came by: nothing that a score depends on.
  call.floats('nodes_hitrates');
  const places = new Map<number, number>();
  for (let i = 0; i < ids.length; i++) places.set(trees[i]! * IDS + ids[i]!, i);
  must(places.size === ids.length && ids.length === values.length, 'nodes');
  const find = (tree: number, id: number): number => {
    const place = places.get(tree * IDS + id) ?? refuse('malformed', 'nodes');
    return modes[place] === LEAF ? ~place : place;
  };
  const follow = (side: string): number[] =>
    call.ints(`nodes_${side}nodeids`).map((id, i) => (modes[i] === LEAF ? 0 : find(trees[i]!, id)));
  const none: number[] = [];
  const leaves = ids.map(() => none);
  const targets = call.ints(`${what}_ids`);
  const leafTrees = call.ints(`${what}_treeids`);
  const leafIds = call.ints(`${what}_nodeids`);
  const weights = call.floats(`${what}_weights`);
  must(targets.length === weights.length, 'weights');
  // Weights of nodes that are no leaves reach no score.
  targets.forEach((target, i) => {
    const place = ~find(leafTrees[i]!, leafIds[i]!);
    if (leaves[place] === none) leaves[place] = [target, weights[i]!];
    else leaves[place]?.push(target, weights[i]!);
  });
  return {
    features: call.ints('nodes_featureids'),
    modes,
    values,
    yes: follow('true'),
    no: follow('false'),
    missing: call.ints('nodes_missing_value_tracks_true'),
    members: [],
    roots: ids.flatMap((id, i) => (trees[i] === trees[i - 1] ? [] : find(trees[i]!, id))),
    leaves,
  };
}

/** Of opset 5's TreeEnsemble: by place, leaves apart. @throws Refused */
export function forestByPlace(call: Call): Forest {
  const numbers = (name: string): number[] => {
    const tensor = call.get('t', name);
    return tensor ? [...tensorOf(tensor).data] : [];
  };
  const features = call.ints('nodes_featureids');
  const modes = numbers('nodes_modes');
  const values = numbers('nodes_splits');
  const follow = (side: string): number[] => {
    const areLeaves = call.ints(`nodes_${side}leafs`);
    return call.ints(`nodes_${side}nodeids`).map((id, i) => (areLeaves[i] ? ~id : id));
  };
  const targets = call.ints('leaf_targetids');
  const weights = numbers('leaf_weights');
  must(targets.length === weights.length && features.length === values.length, 'weights');
  numbers('nodes_hitrates');
  // Sets stand one after the other, each with NaN behind it.
  const sets: number[][] = [[]];
  for (const member of numbers('membership_values')) {
    if (Number.isNaN(member)) sets.push([]);
    else sets.at(-1)!.push(member);
  }
  let taken = 0;
  return {
    features,
    modes,
    values,
    yes: follow('true'),
    no: follow('false'),
    missing: call.ints('nodes_missing_value_tracks_true'),
    members: modes.map((mode) => (mode === MEMBER ? (sets[taken++] ?? []) : [])),
    roots: call.ints('tree_roots'),
    leaves: targets.map((target, i) => [target, weights[i]!]),
  };
}
