/** Several models as one: their raw numbers averaged, inside the graph too. */
import { type Predictor, predictorOf, type RawPredictor } from '../predictor.ts';

/**
 * Members must share their link: log-odds are averaged with log-odds. The average of log-odds (not of probabilities) keeps explanations
 * exact: contributions of the average are the average of the contributions.
 *
 * @param weights not negative; equal unless told; scaled to sum 1
 * @throws RangeError if there is no member, or links, widths or weights do not fit
 */
export function averageOf(members: readonly RawPredictor[], weights?: readonly number[]): Predictor {
  const first = members[0];
  if (!first) throw new RangeError('an ensemble needs a member');
  if (members.some(({ link, width }) => link !== first.link || width !== first.width)) {
    throw new RangeError('members of an ensemble must have the same link and the same columns');
  }
  if (weights && weights.length !== members.length) throw new RangeError('an ensemble needs a weight for each member');
  const shares = sharesOf(weights ?? members.map(() => 1));
  return predictorOf({
    link: first.link,
    width: first.width,
    raw: (row, offset = 0) => members.reduce((sum, { raw }, i) => sum + shares[i]! * raw(row, offset), 0),
    addTo: (graph, rows) => {
      if (members.length === 1) return first.addTo(graph, rows);
      const columns = graph.node(
        'Concat',
        members.map(({ addTo }) => addTo(graph, rows)),
        { axis: { int: 1 } },
      );
      return graph.node('Gemm', [columns, graph.floats([members.length, 1], shares), graph.floats([1], [0])]);
    },
  });
}

function sharesOf(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (!(sum > 0) || weights.some((weight) => !(weight >= 0))) {
    throw new RangeError('weights of an ensemble must not be negative, nor all of them 0');
  }
  return weights.map((weight) => Math.fround(weight / sum));
}
