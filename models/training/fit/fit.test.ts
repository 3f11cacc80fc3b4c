import * as ort from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { auc } from '../measure/metrics.ts';
import { writeModel } from '../onnx/writer.ts';
import { type Predictor, rawOf } from '../predictor.ts';
import type { Rows } from '../rows.ts';
import { madeUp } from '../testing/made.ts';
import { fitBoosting } from './boosting.ts';
import { fitIsotonic, fitPlatt } from './calibration.ts';
import { averageOf } from './ensemble.ts';
import { fitForest } from './forest.ts';
import { fitLogistic } from './logistic.ts';
import { fitMlp } from './mlp.ts';

const made = madeUp(1_500, 5, { holes: true });
const fresh = madeUp(400, 5, { seed: 8, holes: true });

/** Answers of which a quantile says something. */
const amounts = made.answers.map((answer, i) => answer + made.rows.values[i * 5]! / 2);

const fits: Record<string, () => Predictor> = {
  logistic: () => fitLogistic(made.rows, made.answers),
  boosting: () => fitBoosting(made.rows, made.answers, { rounds: 40, depth: 4, subsample: 0.7, columnsPerNode: 3 }),
  'boosting, counts': () => fitBoosting(made.rows, made.answers, { loss: 'poisson', rounds: 20, depth: 3 }),
  'boosting, a quantile': () => fitBoosting(made.rows, amounts, { loss: 'quantile', level: 0.8, rounds: 20 }),
  forest: () => fitForest(made.rows, made.answers, { trees: 20, depth: 6 }),
  'forest, of means': () => fitForest(made.rows, made.answers, { loss: 'squared', trees: 10, depth: 5 }),
  mlp: () => fitMlp(made.rows, made.answers, { hidden: [8, 4], epochs: 20 }),
  ensemble: () => averageOf([fits.logistic!(), fits.boosting!(), fits.forest!(), fits.mlp!()], [1, 2, 1, 1]),
  'ensemble, calibrated by a line': () => calibrated(fitPlatt),
  'ensemble, calibrated by steps': () => calibrated(fitIsotonic),
};

function calibrated(calibrate: typeof fitPlatt): Predictor {
  const model = fits.ensemble!();
  return calibrate(rawOf(model, made.rows.values), made.answers).wrap(model);
}

async function scoresOfFile(model: Predictor, { values, width }: Rows): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(writeModel(model.toGraph()));
  const row = new ort.Tensor('float32', Float32Array.from(values), [values.length / width, width]);
  return (await session.run({ row }))[model.link === 'logistic' ? 'probability' : 'value']!.data as Float32Array;
}

describe.each(Object.keys(fits))('%s', (name) => {
  let model: Predictor;
  beforeAll(() => {
    ort.env.wasm.numThreads = 1;
    model = fits[name]!();
  });

  it('scores in process as onnxruntime scores its file, missing values included', async () => {
    const fromFile = await scoresOfFile(model, fresh.rows);
    for (const [i, score] of fromFile.entries()) {
      const own = model.predict(fresh.rows.values, i * fresh.rows.width);
      expect(Math.abs(own - score)).toBeLessThan(1e-6 * Math.max(1, Math.abs(own)));
    }
  });

  it('writes the same bytes when it is trained again', () => {
    expect(writeModel(fits[name]!().toGraph())).toEqual(writeModel(model.toGraph()));
  });

  it('finds what is there to be found in rows it has not seen', () => {
    const scores = rawOf(model, fresh.rows.values);
    // The truth itself reaches .90 here; a quantile is not made to tell zeros from ones.
    expect(auc({ scores, answers: fresh.answers })).toBeGreaterThan(name.includes('quantile') ? 0.6 : 0.83);
  });
});
