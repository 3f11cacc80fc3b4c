/** Trees as explanations walk them, from any of the three operators that list trees. The evaluator has checked the lists before. */
import type { NodeAttributes } from './attributes.ts';

/** Comparisons of a node, by opset 5's numbers; `MEMBER` asks whether the value is in the node's set. */
export const [LEQ, LT, GTE, GT, EQ, NEQ, MEMBER] = [0, 1, 2, 3, 4, 5, 6] as const;
const MODES = ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ'];
const LEAF = 'LEAF';

/** One comparison: where it leads is another split's place, or, below zero, a leaf: `~place`. */
export interface Split {
  readonly feature: number;
  readonly mode: number;
  readonly value: number;
  readonly yes: number;
  readonly no: number;
  /** Whether NaN counts as yes, whatever the comparison says. */
  readonly missingIsYes: boolean;
  /** Of `MEMBER`. */
  readonly members?: readonly number[];
}

export interface Forest {
  readonly splits: readonly Split[];
  /** What each leaf adds, by target. */
  readonly leaves: readonly (readonly { readonly target: number; readonly weight: number }[])[];
  /** One place per tree, as in `Split.yes`. */
  readonly roots: readonly number[];
}

/** TreeEnsembleRegressor (`target`) and TreeEnsembleClassifier (`class`): every node has its tree's id and its own. */
export function forestByIds(attributes: NodeAttributes, what: 'target' | 'class'): Forest {
  const [trees, ids] = [attributes.ints('nodes_treeids'), attributes.ints('nodes_nodeids')];
  const [features, modes] = [attributes.ints('nodes_featureids'), attributes.texts('nodes_modes')];
  const values = attributes.numbers('nodes_values');
  const [yes, no] = [attributes.ints('nodes_truenodeids'), attributes.ints('nodes_falsenodeids')];
  const missing = attributes.ints('nodes_missing_value_tracks_true');
  const leaves: { target: number; weight: number }[][] = [];
  let inner = 0;
  const keyOf = (tree: number, id: number) => `${tree} ${id}`;
  const places = new Map<string, number>();
  ids.forEach((id, i) => {
    places.set(keyOf(trees[i]!, id), modes[i] === LEAF ? ~(leaves.push([]) - 1) : inner++);
  });
  const find = (tree: number, id: number) => places.get(keyOf(tree, id))!;
  const children = new Set<string>();
  const splits = ids.flatMap((_, i): Split[] => {
    if (modes[i] === LEAF) return [];
    const tree = trees[i]!;
    children.add(keyOf(tree, yes[i]!)).add(keyOf(tree, no[i]!));
    return [
      {
        feature: features[i]!,
        mode: MODES.indexOf(modes[i]!),
        value: values[i]!,
        yes: find(tree, yes[i]!),
        no: find(tree, no[i]!),
        missingIsYes: missing[i] === 1,
      },
    ];
  });
  const [leafTrees, leafIds] = [attributes.ints(`${what}_treeids`), attributes.ints(`${what}_nodeids`)];
  const weights = attributes.numbers(`${what}_weights`);
  attributes.ints(`${what}_ids`).forEach((target, i) => {
    leaves[~find(leafTrees[i]!, leafIds[i]!)]?.push({ target, weight: weights[i]! });
  });
  return { splits, leaves, roots: rootsOf(trees, ids, children, keyOf).map((key) => places.get(key)!) };
}

/** The first node of each tree that is nobody's child. */
function rootsOf(
  trees: readonly number[],
  ids: readonly number[],
  children: ReadonlySet<string>,
  keyOf: (tree: number, id: number) => string,
): readonly string[] {
  const roots = new Map<number, string>();
  ids.forEach((id, i) => {
    const [tree, key] = [trees[i]!, keyOf(trees[i]!, id)];
    const known = roots.get(tree);
    if (known === undefined || (children.has(known) && !children.has(key))) roots.set(tree, key);
  });
  return [...roots.values()];
}

/** Opset 5's TreeEnsemble: nodes by their place, leaves apart. */
export function forestByPlace(attributes: NodeAttributes): Forest {
  const modes = attributes.numbers('nodes_modes');
  const values = attributes.numbers('nodes_splits');
  const sets = setsOf(attributes.numbers('membership_values'));
  let taken = 0;
  const missing = attributes.ints('nodes_missing_value_tracks_true');
  const [yes, no] = [attributes.ints('nodes_truenodeids'), attributes.ints('nodes_falsenodeids')];
  const [yesLeaf, noLeaf] = [attributes.ints('nodes_trueleafs'), attributes.ints('nodes_falseleafs')];
  const weights = attributes.numbers('leaf_weights');
  const splits = attributes.ints('nodes_featureids').map((feature, i): Split => {
    const set = modes[i] === MEMBER ? (sets[taken++] ?? []) : undefined;
    return {
      feature,
      mode: modes[i]!,
      value: values[i]!,
      yes: yesLeaf[i] ? ~yes[i]! : yes[i]!,
      no: noLeaf[i] ? ~no[i]! : no[i]!,
      missingIsYes: missing[i] === 1,
      ...(set && { members: set }),
    };
  });
  const leaves = attributes.ints('leaf_targetids').map((target, i) => [{ target, weight: weights[i]! }]);
  return { splits, leaves, roots: attributes.ints('tree_roots') };
}

/** Sets end with NaN. */
function setsOf(members: readonly number[]): readonly (readonly number[])[] {
  const sets: number[][] = [[]];
  for (const member of members) {
    if (Number.isNaN(member)) sets.push([]);
    else sets.at(-1)!.push(member);
  }
  return sets;
}
