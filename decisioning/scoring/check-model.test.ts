import { describe, expect, it, vi } from 'vitest';
import { fieldOf } from './check.ts';
import { checkModel } from './check-model.ts';
import type { OpenedModel } from './engine.ts';
import type { ModelManifest } from './manifest.ts';
import { CHURN } from './testing/manifest.ts';

/** A model that gives the same for every row, unless the row has a hole. */
function opened(change: Partial<OpenedModel> = {}, score = 0.5, withHole = score): OpenedModel {
  return {
    inputs: [{ name: 'row', width: 8 }],
    outputs: [{ name: 'probability', width: 1 }],
    run: (rows) => ({ probability: Float32Array.of(rows.some(Number.isNaN) ? withHole : score) }),
    ...change,
  };
}

const wrong = (model: OpenedModel, manifest: ModelManifest = CHURN) =>
  checkModel(manifest, model).map((problem) => `${problem.reason} ${fieldOf(problem)}: ${problem.detail}`);

describe('a manifest and its file', () => {
  it('belong together where tensors, widths and scores fit', () => {
    expect(wrong(opened())).toEqual([]);
  });

  it('belong together where the file does not say its widths', () => {
    const unsaid = { inputs: [{ name: 'row', width: 0 }], outputs: [{ name: 'probability', width: 0 }] };
    expect(wrong(opened(unsaid))).toEqual([]);
  });

  it('do not where the row has no place to go', () => {
    expect(wrong(opened({ inputs: [{ name: 'X', width: 8 }] }))).toEqual([
      'unknown_tensor inputTensor: is no input of the file, which has "X"',
    ]);
    const two = [
      { name: 'row', width: 8 },
      { name: 'X', width: 1 },
    ];
    expect(wrong(opened({ inputs: two }))).toEqual([
      'unknown_tensor inputTensor: must be the file\'s only input, which has "row", "X"',
    ]);
  });

  it('do not where the inputs make another row', () => {
    expect(wrong(opened({ inputs: [{ name: 'row', width: 9 }] }))).toEqual([
      'wrong_width inputs: make 8 columns, and the file takes 9',
    ]);
  });

  it('do not where checking would take too long: nothing is scored then', () => {
    const run = vi.fn(opened().run);
    const rows = 2 + (CHURN.background?.length ?? 0);
    expect(wrong(opened({ steps: Math.floor(2 ** 30 / rows), run }))).toEqual([]);
    expect(run).toHaveBeenCalledTimes(rows);
    const problems = wrong(opened({ steps: Math.floor(2 ** 30 / rows) + 1, run }));
    expect(problems).toEqual([
      expect.stringMatching(/^too_costly inputs: and `background` ask for \d+ rows of \d+ steps: /),
    ]);
    expect(run).toHaveBeenCalledTimes(rows);
  });

  it('do not where an output is no tensor of the file, or a column too many', () => {
    expect(wrong(opened({ outputs: [{ name: 'label', width: 1 }] }))).toEqual([
      'unknown_tensor outputs.0.tensor: is no output of the file, which has "label"',
    ]);
    const second = { ...CHURN, outputs: [{ ...CHURN.outputs[0]!, column: 1 }] };
    expect(wrong(opened(), second)).toEqual([
      'unknown_tensor outputs.0.column: must be below 1: the columns of "probability"',
    ]);
    expect(wrong(opened({ outputs: [{ name: 'probability', width: 0 }] }), second)[0]).toBe(
      'bad_score inputs: all without a value has no probability: "probability" gives no column 1',
    );
  });

  it('do not where a hole is declared that the file cannot score', () => {
    expect(wrong(opened({}, 0.5, Number.NaN))).toEqual([
      'bad_score inputs: all without a value has a probability of NaN, outside 0 to 1',
      'bad_score inputs.1.missing: is "nan", and a row without it has a probability of NaN, outside 0 to 1',
      'bad_score background.1: as a row has a probability of NaN, outside 0 to 1',
    ]);
  });

  it('do not where a score leaves its range, or the file breaks', () => {
    expect(wrong(opened({}, 1.5, 0.5))).toEqual([
      'bad_score background.0: as a row has a probability of 1.5, outside 0 to 1',
    ]);
    const breaks = opened({
      run: () => {
        throw new RangeError('no such row');
      },
    });
    expect(wrong(breaks)[0]).toBe('bad_score inputs: all without a value cannot be scored (8 columns): no such row');
  });
});
