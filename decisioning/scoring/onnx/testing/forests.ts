/** Forests at random, from a seed: every comparison, aggregate and transform, and values that are hard to compare. */
import type { Attribute, ModelGraph } from '../../../../models/training/onnx/graph.ts';
import { ml, model } from './models.ts';

/** Numbers in [0, 1) from a seed: mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Random = () => number;
const below = (random: Random, end: number): number => Math.floor(random() * end);
const oneOf = <Item>(random: Random, items: readonly Item[]): Item => items[below(random, items.length)]!;

const HARD = [0, -0, Number.NaN, Infinity, -Infinity, 1e30, -1e30, 1e-40, -1e-40, 1, -1, 2];
const MODES = ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ'];
const POST = ['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT'];
const AGGREGATES = ['SUM', 'AVERAGE', 'MIN', 'MAX'];

/** A value as rows and thresholds have them: few, so that they meet. */
const numberFrom = (random: Random): number =>
  Math.fround(random() < 0.3 ? oneOf(random, HARD) : below(random, 9) / 2 - 2);

interface Branch {
  readonly feature: number;
  readonly mode: number;
  readonly value: number;
  readonly tracks: number;
  readonly yes: Tree;
  readonly no: Tree;
}
interface Leaf {
  readonly weights: readonly (readonly [target: number, weight: number])[];
}
type Tree = Branch | Leaf;

interface Kind {
  readonly width: number;
  readonly targets: number;
  readonly modes: readonly number[];
  readonly tracks: boolean;
  /** Smallest weight of a leaf: 0 or −1. */
  readonly least: number;
  readonly weightsPerLeaf: number;
}

function treeOf(random: Random, kind: Kind, depth: number): Tree {
  if (depth === 0 || random() < 0.15) {
    const first = below(random, kind.targets);
    const count = Math.min(kind.targets, kind.weightsPerLeaf);
    return {
      weights: Array.from({ length: count }, (_, i) => [
        (first + i) % kind.targets,
        Math.fround(kind.least + random() * (1 - kind.least)),
      ]),
    };
  }
  return {
    feature: below(random, kind.width),
    mode: oneOf(random, kind.modes),
    value: numberFrom(random),
    tracks: kind.tracks ? below(random, 2) : 0,
    yes: treeOf(random, kind, depth - 1),
    no: treeOf(random, kind, depth - 1),
  };
}

function kindOf(random: Random, targets: number): Kind {
  return {
    width: 1 + below(random, 5),
    targets,
    // One kind of comparison in half of the forests, as exporters write them.
    modes: random() < 0.5 ? [below(random, 6)] : [0, 1, 2, 3, 4, 5],
    tracks: random() < 0.6,
    least: random() < 0.5 ? 0 : -1,
    weightsPerLeaf: oneOf(random, [1, 1, targets, 2]),
  };
}

interface Listed {
  readonly [name: string]: number[];
}

/** The lists of TreeEnsembleRegressor and TreeEnsembleClassifier. */
function listed(trees: readonly Tree[], what: 'target' | 'class'): Record<string, Attribute> {
  const nodes = {
    treeids: [],
    nodeids: [],
    featureids: [],
    values: [],
    truenodeids: [],
    falsenodeids: [],
    tracks: [],
  } as Listed;
  const weights = { treeids: [], nodeids: [], ids: [], weights: [] } as Listed;
  const modes: string[] = [];
  trees.forEach((root, tree) => {
    let next = 0;
    const add = (at: Tree): number => {
      const id = next++;
      const place = modes.push('') - 1;
      const isLeaf = 'weights' in at;
      nodes.treeids!.push(tree);
      nodes.nodeids!.push(id);
      nodes.featureids!.push(isLeaf ? 0 : at.feature);
      nodes.values!.push(isLeaf ? 0 : at.value);
      nodes.tracks!.push(isLeaf ? 0 : at.tracks);
      nodes.truenodeids!.push(0);
      nodes.falsenodeids!.push(0);
      modes[place] = isLeaf ? 'LEAF' : MODES[at.mode]!;
      if (isLeaf) {
        for (const [target, weight] of at.weights) {
          weights.treeids!.push(tree);
          weights.nodeids!.push(id);
          weights.ids!.push(target);
          weights.weights!.push(weight);
        }
      } else {
        nodes.truenodeids![place] = add(at.yes);
        nodes.falsenodeids![place] = add(at.no);
      }
      return id;
    };
    add(root);
  });
  return {
    nodes_treeids: { ints: nodes.treeids! },
    nodes_nodeids: { ints: nodes.nodeids! },
    nodes_featureids: { ints: nodes.featureids! },
    nodes_modes: { strings: modes },
    nodes_values: { floats: nodes.values! },
    nodes_truenodeids: { ints: nodes.truenodeids! },
    nodes_falsenodeids: { ints: nodes.falsenodeids! },
    ...(nodes.tracks!.some(Boolean) && { nodes_missing_value_tracks_true: { ints: nodes.tracks! } }),
    [`${what}_treeids`]: { ints: weights.treeids! },
    [`${what}_nodeids`]: { ints: weights.nodeids! },
    [`${what}_ids`]: { ints: weights.ids! },
    [`${what}_weights`]: { floats: weights.weights! },
  };
}

/** The lists of opset 5's TreeEnsemble; comparisons of values to find again may become sets. */
function byPlace(random: Random, trees: readonly Tree[]): Record<string, Attribute> {
  const nodes = { features: [], modes: [], splits: [], yes: [], no: [], yesLeaf: [], noLeaf: [], tracks: [] } as Listed;
  const [targets, weights, members, roots]: number[][] = [[], [], [], []];
  const addLeaf = ({ weights: [[target, weight] = [0, 0]] }: Leaf): number => {
    weights!.push(weight);
    return targets!.push(target) - 1;
  };
  const add = (at: Branch): number => {
    const isSet = at.mode === 4 && random() < 0.5 && Number.isInteger(at.value) && at.value >= 0 && at.value < 9;
    const place = nodes.features!.push(at.feature) - 1;
    nodes.modes!.push(isSet ? 6 : at.mode);
    nodes.splits!.push(isSet ? 0 : at.value);
    nodes.tracks!.push(at.tracks);
    for (const name of ['yes', 'no', 'yesLeaf', 'noLeaf']) nodes[name]!.push(0);
    if (isSet) members!.push(at.value, at.value + 1, Number.NaN);
    for (const side of ['yes', 'no'] as const) {
      const to = at[side];
      const isLeaf = 'weights' in to;
      nodes[side]![place] = isLeaf ? addLeaf(to) : add(to);
      nodes[`${side}Leaf`]![place] = isLeaf ? 1 : 0;
    }
    return place;
  };
  for (const tree of trees) {
    // A tree that is a leaf: a node that goes there either way.
    roots!.push(add('weights' in tree ? { feature: 0, mode: 0, value: 0, tracks: 0, yes: tree, no: tree } : tree));
  }
  const tensor = (values: readonly number[], type: 'float' | 'uint8' = 'float'): Attribute => ({
    tensor: { name: '', type, dims: [values.length], values },
  });
  return {
    nodes_featureids: { ints: nodes.features! },
    nodes_modes: tensor(nodes.modes!, 'uint8'),
    nodes_splits: tensor(nodes.splits!),
    nodes_truenodeids: { ints: nodes.yes! },
    nodes_falsenodeids: { ints: nodes.no! },
    nodes_trueleafs: { ints: nodes.yesLeaf! },
    nodes_falseleafs: { ints: nodes.noLeaf! },
    ...(nodes.tracks!.some(Boolean) && { nodes_missing_value_tracks_true: { ints: nodes.tracks! } }),
    ...(members!.length > 0 && { membership_values: tensor(members!) }),
    leaf_targetids: { ints: targets! },
    leaf_weights: tensor(weights!),
    tree_roots: { ints: roots! },
  };
}

function regressor(random: Random): ModelGraph {
  const targets = oneOf(random, [1, 1, 1, 2, 3]);
  const kind = kindOf(random, targets);
  const trees = Array.from({ length: 1 + below(random, 6) }, () => treeOf(random, kind, below(random, 5)));
  const [post, aggregate] = [below(random, POST.length), below(random, AGGREGATES.length)];
  const rows = [['y', 'float', 'rows', targets]] as const;
  if (random() < 0.3) {
    const places = {
      ...byPlace(random, trees),
      n_targets: { int: targets },
      post_transform: { int: post },
      aggregate_function: { int: [1, 0, 2, 3][aggregate]! },
    };
    return { ...model(kind.width, [ml('TreeEnsemble', 'x', 'y', places)], [], rows), mlOpset: 5 };
  }
  const attributes = {
    ...listed(trees, 'target'),
    n_targets: { int: targets },
    post_transform: { string: POST[post]! },
    aggregate_function: { string: AGGREGATES[aggregate]! },
    ...(random() < 0.5 && {
      base_values: { floats: Array.from({ length: targets }, () => Math.fround(random() - 0.5)) },
    }),
  };
  return model(kind.width, [ml('TreeEnsembleRegressor', 'x', 'y', attributes)], [], rows);
}

function classifier(random: Random): ModelGraph {
  const classes = oneOf(random, [2, 2, 2, 3, 4]);
  const oneId = classes === 2 && random() < 0.6;
  const kind = kindOf(random, oneId ? 1 : classes);
  const shift = oneId && random() < 0.7 ? 1 : 0;
  const trees = Array.from({ length: 1 + below(random, 6) }, () => treeOf(random, kind, below(random, 5)));
  const lists = listed(trees, 'class');
  const ids = (lists.class_ids as { ints: number[] }).ints.map((id) => id + shift);
  const bases = oneOf(random, classes > 2 ? [0, classes] : oneId ? [0, 0, 1, 2] : [0, 2]);
  const attributes = {
    ...lists,
    class_ids: { ints: ids },
    classlabels_int64s: { ints: Array.from({ length: classes }, (_, i) => (classes > 2 || oneId ? 3 * i + 1 : i)) },
    // onnxruntime scrambles PROBIT of two classes; we refuse it.
    post_transform: { string: oneOf(random, classes > 2 ? POST : POST.slice(0, 4)) },
    ...(bases > 0 && { base_values: { floats: Array.from({ length: bases }, () => Math.fround(random() - 0.5)) } }),
  };
  return model(
    kind.width,
    [ml('TreeEnsembleClassifier', 'x', 'label p', attributes)],
    [],
    [
      ['label', 'int64', 'rows'],
      ['p', 'float', 'rows', classes],
    ],
  );
}

/** A forest and rows for it, by seed. */
export function forestFrom(seed: number): { graph: ModelGraph; rows: Float32Array; count: number } {
  const random = randomFrom(seed);
  const graph = random() < 0.6 ? regressor(random) : classifier(random);
  const width = graph.inputs[0]!.dims[1] as number;
  const count = 16;
  return { graph, count, rows: Float32Array.from({ length: count * width }, () => numberFrom(random)) };
}
