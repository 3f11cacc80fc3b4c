/** Trains creative performance: the click rate of texts from tests of texts against each other. */
import { dirname, resolve } from 'node:path';
import { assemble } from '../run/assembled.ts';
import type { ModelFiles } from '../run/files.ts';
import type { TellProgress } from '../run/progress.ts';
import { TrainingRefusal } from '../spec/read.ts';
import { textCard } from './card.ts';
import { textGraph } from './graph.ts';
import { measureTexts } from './measured.ts';
import { fitTextMembers } from './members.ts';
import { liftTenths, textSvg } from './plot.ts';
import { checkTextSpec } from './spec.ts';
import { readTests } from './tests.ts';

/** @throws TrainingRefusal for what a person can mend */
export function trainText(file: string, document: unknown, tell: TellProgress): ModelFiles {
  const spec = checkTextSpec(file, document);
  const steps = spec.folds + 1;
  const tests = readTests(resolve(dirname(file), spec.data.file), spec);
  const measured = measureTexts(spec, tests, (fold) => tell(fold, steps, `fold ${fold + 1}`));
  const decided = measured.whole.decided.value;
  if (decided < spec.gates.decidedAtLeast) {
    throw new TrainingRefusal(
      `${spec.id}: of the pairs with a clear winner ${decided.toFixed(4)} are ranked rightly, and must be at least ${spec.gates.decidedAtLeast}`,
    );
  }
  tell(spec.folds, steps, 'all tests');
  const { whole } = fitTextMembers(spec, tests);
  const { slope } = measured;
  const [low, high] = spec.liftRange;
  const made = assemble({
    graph: textGraph({ model: whole, rows: tests.rows, slope, rate: tests.rate, liftRange: spec.liftRange }),
    declared: {
      id: spec.id,
      name: spec.name,
      predicts: spec.predicts,
      inputs: [spec.input],
      outputs: [
        { name: 'probability', tensor: 'probability', column: 0, range: [0, 1], kind: 'probability' },
        // A hair of room for numbers of 32 bits.
        { name: 'lift', tensor: 'lift', column: 0, range: [low * 0.999, high * 1.001], kind: 'value' },
      ],
    },
    rows: tests.rows,
    attributes: tests.texts.map((text) => new Map([[spec.input.attribute, text]])),
  });
  return {
    ...made.files,
    'card.md': textCard({ spec, tests, measured, manifest: made.manifest }),
    'calibration.svg': textSvg(spec, liftTenths(tests, measured), measured),
  };
}
