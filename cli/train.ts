/** `npm run train -- models/churn/spec.yaml`: trains a model and writes its folder; `--check` trains it and compares. */
import { parseArgs } from 'node:util';
import { EXIT, runCommand, usageFailure } from './failure.ts';
import { counted, paint } from './terminal.ts';
import { importBooster } from './train/booster.ts';
import { differingFiles, shippedSpecs, trainedFiles, writeFiles } from './train/folder.ts';
import { wholeNumber } from './whole-number.ts';

const USAGE = `Usage: npm run train -- SPEC.yaml …
       npm run train -- --xgboost BOOSTER.json --out MODEL.onnx

  SPEC.yaml       what to train, e.g. models/churn/spec.yaml; the model's files are written beside it
  --check         train and compare with the files that are there, byte for byte; without a spec, all shipped models
  --xgboost FILE  instead of training, write a model that XGBoost saved as JSON as ONNX, to --out
  --rounds N      of XGBoost: the boosting rounds to keep (all)
`;

/** XGBoost itself stops long before. */
const MAX_ROUNDS = 100_000;

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      check: { type: 'boolean', default: false },
      xgboost: { type: 'string' },
      out: { type: 'string' },
      rounds: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  if (values.xgboost !== undefined) {
    if (values.out === undefined) throw usageFailure('Name the file to write: --out MODEL.onnx');
    const rounds = values.rounds === undefined ? undefined : wholeNumber('--rounds', values.rounds, 1, MAX_ROUNDS);
    const bytes = importBooster(values.xgboost, values.out, rounds);
    process.stdout.write(`${paint('green', '✓')} ${values.out}: ${bytes.toLocaleString('en')} bytes\n`);
    return EXIT.ok;
  }
  const specs = positionals.length === 0 && values.check ? shippedSpecs() : positionals;
  if (specs.length === 0) throw usageFailure('Name a spec: npm run train -- models/churn/spec.yaml');
  let isSame = true;
  for (const spec of specs) {
    const files = await trainedFiles(spec);
    if (!values.check) {
      const written = writeFiles(spec, files);
      process.stdout.write(`${paint('green', '✓')} ${spec}: ${written.join(', ')}\n`);
      continue;
    }
    const different = differingFiles(spec, files);
    isSame &&= different.length === 0;
    process.stdout.write(
      different.length === 0
        ? `${paint('green', '✓')} ${spec}: ${counted(Object.keys(files).length, 'file')} the same, byte for byte\n`
        : `${paint('red', '✗')} ${spec}: differs in ${different.join(', ')}\n`,
    );
  }
  return isSame ? EXIT.ok : EXIT.refused;
}

process.exitCode = await runCommand(() => main(process.argv.slice(2)), 'npm run train -- --help');
