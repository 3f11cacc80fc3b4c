/** Trains creative performance: the click rate of texts from tests of texts against each other. */
import { assemble } from '../run/assembled.ts';
import type { ModelFiles } from '../run/files.ts';
import { metricsText } from '../run/metrics.ts';
import type { TellProgress } from '../run/progress.ts';
import { dataFile } from '../spec/data-file.ts';
import { TrainingRefusal } from '../spec/refusal.ts';
import { textCard } from './card.ts';
import { textGraph } from './graph.ts';
import { fitTextHeads, headMetrics } from './heads.ts';
import { measureTexts, textMetrics } from './measured.ts';
import { fitTextMembers } from './members.ts';
import { liftTenths, textSvg } from './plot.ts';
import { checkTextSpec } from './spec.ts';
import { readTests } from './tests.ts';

/** @throws TrainingRefusal for what a person can mend */
export function trainText(file: string, document: unknown, tell: TellProgress): ModelFiles {
  const spec = checkTextSpec(file, document);
  const steps = spec.folds + 1;
  const tests = readTests(dataFile(file, spec.data.file), spec);
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
  const heads = fitTextHeads(spec, tests);
  const [low, high] = spec.liftRange;
  const made = assemble({
    graph: textGraph({
      clicks: { model: whole, slope, rate: tests.rate },
      heads: heads.map(({ head }) => head),
      rows: tests.rows,
      liftRange: spec.liftRange,
    }),
    declared: {
      id: spec.id,
      name: spec.name,
      predicts: spec.predicts,
      ...(spec.watch && { watch: spec.watch }),
      inputs: [spec.input],
      outputs: [
        { name: 'probability', tensor: 'probability', column: 0, range: [0, 1], kind: 'probability' },
        // A hair of room for numbers of 32 bits.
        { name: 'lift', tensor: 'lift', column: 0, range: [low * 0.999, high * 1.001], kind: 'value' },
        ...heads.map(({ output }) => output),
      ],
    },
    rows: tests.rows,
    attributes: tests.texts.map((text) => new Map([[spec.input.attribute, text]])),
  });
  return {
    ...made.files,
    'card.md': textCard({ spec, tests, measured, heads, manifest: made.manifest }),
    'calibration.svg': textSvg(spec, liftTenths(tests, measured), measured),
    'metrics.json': metricsText({ ...textMetrics(measured, tests), ...headMetrics(heads) }),
  };
}
