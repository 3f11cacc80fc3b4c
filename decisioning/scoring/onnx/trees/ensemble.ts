/** Trees as opset 5's TreeEnsemble lists them: by place, leaves apart. */
import type { Call } from '../call.ts';
import { refuse } from '../refuse.ts';
import { numbersOf, tensorOf } from '../tensor.ts';
import { type Forest, MEMBER, type Split } from './forest.ts';

function numbers(call: Call, name: string): ArrayLike<number> {
  const tensor = call.get('t', name, undefined);
  return tensor ? numbersOf(tensorOf(tensor)) : [];
}

/** @throws Refused */
export function forestByPlace(call: Call): Forest {
  const features = call.ints('nodes_featureids');
  const [modes, values] = [numbers(call, 'nodes_modes'), numbers(call, 'nodes_splits')];
  const [yes, no] = [call.ints('nodes_truenodeids'), call.ints('nodes_falsenodeids')];
  const [yesLeaf, noLeaf] = [call.ints('nodes_trueleafs'), call.ints('nodes_falseleafs')];
  const missing = call.ints('nodes_missing_value_tracks_true');
  const [targets, weights] = [call.ints('leaf_targetids'), numbers(call, 'leaf_weights')];
  const members = Array.from(numbers(call, 'membership_values'));
  numbers(call, 'nodes_hitrates');
  const count = features.length;
  for (const list of [modes, values, yes, no, yesLeaf, noLeaf]) {
    if (list.length !== count) refuse('malformed', `a list of ${list.length} entries for ${count} nodes`);
  }
  if (targets.length !== weights.length) refuse('malformed', `${targets.length} targets for ${weights.length} leaves`);
  if (missing.length > 0 && missing.length !== count)
    refuse('malformed', `nodes_missing_value_tracks_true has ${missing.length} entries`);
  const place = (at: number, isLeaf: number): number =>
    at >= 0 ? (isLeaf ? ~at : at) : refuse('malformed', `node ${at} does not exist`);
  const splits = features.map((feature, i): Split => {
    const mode = modes[i]!;
    return {
      feature,
      mode,
      value: values[i]!,
      yes: place(yes[i]!, yesLeaf[i]!),
      no: place(no[i]!, noLeaf[i]!),
      missingIsYes: !!missing[i],
      ...(mode === MEMBER && { members: takeSet(members) }),
    };
  });
  const leaves = targets.map((target, i) => [{ target, weight: weights[i]! }]);
  // A node whose two ways lead to one leaf stands for a tree that is a leaf.
  return { splits, leaves, roots: call.ints('tree_roots').map((root) => place(root, 0)) };
}

/** The next set: sets end with NaN. */
function takeSet(members: number[]): number[] {
  const end = members.findIndex(Number.isNaN);
  const set = members.splice(0, end < 0 ? members.length : end + 1);
  return end < 0 ? set : set.slice(0, -1);
}
