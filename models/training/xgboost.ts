/** Models that XGBoost trained, as ONNX: from the booster's JSON file to the same trees, thresholds and leaves. */
import { GraphBuilder } from './onnx/builder.ts';
import type { ModelGraph } from './onnx/graph.ts';
import { addTrees } from './onnx/trees.ts';
import { type Link, logOdds, RAW_TENSOR, ROW_TENSOR, scoreTensor } from './predictor.ts';
import { TrainingRefusal } from './spec/refusal.ts';
import { type Tree, TreeLists } from './trees/tree.ts';
import { type BoosterFile, type BoosterTree, boosterFile } from './xgboost/schema.ts';

/** What an objective's sum of leaves becomes, and how its base score is written down. */
const OBJECTIVES: Readonly<Record<string, Link | 'softmax'>> = {
  'binary:logistic': 'logistic',
  'reg:logistic': 'logistic',
  'multi:softprob': 'softmax',
  'reg:squarederror': 'identity',
  'reg:absoluteerror': 'identity',
  'reg:quantileerror': 'identity',
  'count:poisson': 'log',
  'reg:gamma': 'log',
  'reg:tweedie': 'log',
};

export interface ImportOptions {
  /** Boosting rounds to keep, e.g. the best iteration + 1; all unless told. */
  readonly rounds?: number;
}

/**
 * @param document the parsed JSON file
 * @returns a graph with input `row`, whose columns are the booster's features in their order; outputs by objective: `probability` and
 * `raw`, `probabilities` (one column a class), or `value` (and `raw`, where it is a logarithm)
 * @throws TrainingRefusal for what has no exact counterpart: other boosters and objectives, categorical splits, leaves that are vectors
 */
export function importXgboost(document: unknown, { rounds }: ImportOptions = {}): ModelGraph {
  const read = boosterFile.safeParse(document);
  if (!read.success) {
    const { path, message } = read.error.issues[0]!;
    throw new TrainingRefusal(`XGBoost's file: ${path.join('.') || 'the file'}: ${message}`);
  }
  const { learner } = read.data;
  const link = OBJECTIVES[learner.objective.name];
  if (!link) {
    const known = Object.keys(OBJECTIVES).join(', ');
    throw new TrainingRefusal(`learner.objective.name: "${learner.objective.name}" is none of ${known}`);
  }
  const { model, name } = learner.gradient_booster;
  if (name !== 'gbtree' || !model) {
    throw new TrainingRefusal(`learner.gradient_booster.name: only gbtree is trees that add up, not "${name}"`);
  }
  const { num_class, num_feature, num_target = 1 } = learner.learner_model_param;
  if (num_target > 1) throw new TrainingRefusal('learner.learner_model_param.num_target: one target is read');
  const targets = link === 'softmax' ? num_class : 1;
  const kept = keptTrees(model, targets, rounds);
  const trees = model.trees.slice(0, kept).map((tree, i) => treeOf(tree, num_feature, `trees.${i}`));
  const targetOf = model.tree_info.slice(0, kept);
  if (targetOf.length < kept || targetOf.some((target) => !(target >= 0 && target < targets))) {
    throw new TrainingRefusal('learner.gradient_booster.model.tree_info: must name a class for each tree');
  }
  const bases = basesOf(learner.learner_model_param.base_score, link, targets);
  return graphOf(link, num_feature, { trees, targetOf, targets, bases });
}

type BoosterModel = NonNullable<BoosterFile['learner']['gradient_booster']['model']>;

/** Rounds are `targets` × parallel trees each. */
function keptTrees({ trees, gbtree_model_param }: BoosterModel, targets: number, rounds: number | undefined): number {
  if (rounds === undefined) return trees.length;
  const perRound = targets * Math.max(1, gbtree_model_param.num_parallel_tree ?? 1);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds * perRound > trees.length) {
    throw new TrainingRefusal(`rounds: must be 1 to ${Math.floor(trees.length / perRound)}`);
  }
  return rounds * perRound;
}

function treeOf(tree: BoosterTree, features: number, where: string): Tree {
  const nodes = tree.left_children.length;
  const lists = [tree.right_children, tree.split_indices, tree.split_conditions, tree.default_left];
  if (nodes === 0 || lists.some(({ length }) => length !== nodes)) {
    throw new TrainingRefusal(`${where}: its lists must be of one length`);
  }
  if ((tree.tree_param.size_leaf_vector ?? 1) > 1) throw new TrainingRefusal(`${where}: leaves that are vectors`);
  if (tree.split_type?.some((type) => type !== 0)) throw new TrainingRefusal(`${where}: a categorical split`);
  return new TreeReader(tree, features, where).read();
}

/** Walks from the root, since nodes that pruning took away still stand in the lists. */
class TreeReader {
  readonly #lists = new TreeLists();
  readonly #seen = new Set<number>();
  readonly #tree: BoosterTree;
  readonly #features: number;
  readonly #where: string;

  constructor(tree: BoosterTree, features: number, where: string) {
    this.#tree = tree;
    this.#features = features;
    this.#where = where;
  }

  read(): Tree {
    this.#walk(0);
    return this.#lists.finish();
  }

  #walk(node: number): number {
    const { left_children, right_children, split_indices, split_conditions, default_left, sum_hessian } = this.#tree;
    const [left, right] = [left_children[node], right_children[node]];
    // A node that is met twice would never end, or be two nodes.
    if (left === undefined || right === undefined || this.#seen.has(node)) throw this.#refusal(node);
    this.#seen.add(node);
    const value = Math.fround(split_conditions[node]!);
    const cover = sum_hessian?.[node] ?? 0;
    if (left === -1 && right === -1) return this.#lists.leaf(value, cover);
    const column = split_indices[node]!;
    if (!(column >= 0 && column < this.#features)) throw this.#refusal(node);
    const place = this.#lists.leaf(0, cover);
    this.#lists.split(place, column, value, Boolean(default_left[node]));
    const places = [this.#walk(left), this.#walk(right)] as const;
    this.#lists.children(place, ...places);
    return place;
  }

  #refusal(node: number): TrainingRefusal {
    return new TrainingRefusal(`${this.#where}: node ${node} has children or a feature that do not exist`);
  }
}

/** The base score is written as what is predicted; the trees add to what comes before the link. One per target. */
function basesOf(text: string, link: Link | 'softmax', targets: number): number[] {
  const scores = text.replace(/[[\]]/g, '').split(',').map(Number);
  if (scores.some(Number.isNaN) || (scores.length !== 1 && scores.length !== targets)) {
    throw new TrainingRefusal(`learner.learner_model_param.base_score: "${text}" is no number, nor one a class`);
  }
  const raw = scores.map((score) => (link === 'logistic' ? logOdds(score) : link === 'log' ? Math.log(score) : score));
  if (!raw.every(Number.isFinite)) {
    throw new TrainingRefusal(
      `learner.learner_model_param.base_score: ${text} is outside of what the objective predicts`,
    );
  }
  return Array.from({ length: targets }, (_, target) => raw[target] ?? raw[0]!);
}

interface Imported {
  readonly trees: readonly Tree[];
  readonly targetOf: readonly number[];
  readonly targets: number;
  readonly bases: readonly number[];
}

function graphOf(link: Link | 'softmax', width: number, { trees, targetOf, targets, bases }: Imported): ModelGraph {
  const graph = new GraphBuilder();
  // XGBoost sends to the left what is below the threshold, not what is equal to it.
  const raw = addTrees(graph, ROW_TENSOR, trees, { mode: 'BRANCH_LT', targets, targetOf, bases });
  const input = { name: ROW_TENSOR, width };
  if (link === 'softmax') {
    graph.named('Softmax', [raw], 'probabilities', { axis: { int: 1 } });
    return graph.finish('xgboost', input, ['probabilities'], targets);
  }
  if (link === 'identity') {
    graph.named('Identity', [raw], 'value');
    return graph.finish('xgboost', input, ['value']);
  }
  graph.named('Identity', [raw], RAW_TENSOR);
  graph.named(link === 'logistic' ? 'Sigmoid' : 'Exp', [RAW_TENSOR], scoreTensor(link));
  return graph.finish('xgboost', input, [scoreTensor(link), RAW_TENSOR]);
}
