import { describe, expect, it } from 'vitest';
import { CHURN } from '../../decisioning/scoring/testing/manifest.ts';
import { findings } from '../issues.ts';
import { modelManifest } from './manifest.ts';

/** What is said of a manifest after one change: `field: words`. */
function wrongWith(change: (manifest: Record<string, unknown>) => void): string[] {
  const manifest = structuredClone(CHURN) as unknown as Record<string, unknown>;
  change(manifest);
  const read = modelManifest.safeParse(manifest);
  return read.success ? [] : findings(read.error.issues).map(({ path, detail }) => `${path.join('.')}: ${detail}`);
}

/** The change of one field, by its path. */
const set =
  (path: string, value: unknown) =>
  (manifest: Record<string, unknown>): void => {
    const names = path.split('.');
    const last = names.pop()!;
    const at = names.reduce<Record<string, unknown>>((part, name) => part[name] as Record<string, unknown>, manifest);
    if (value === undefined) delete at[last];
    else at[last] = value;
  };

describe('a manifest', () => {
  it('that is right is read as it is written', () => {
    expect(modelManifest.parse(structuredClone(CHURN))).toEqual(CHURN);
  });

  it.each([
    // One row per rule: the field, what is written there, and what is said of it.
    ['format', 2, 'format: must be 1'],
    ['id', 'Churn', 'id: must be 1 to 64 of a-z, 0-9, "-", "_" and start with a letter or digit'],
    ['extra', 1, 'extra: is not a known field'],
    ['file.sha256', 'A'.repeat(64), 'file.sha256: must be a SHA-256, 64 hexadecimal digits in lower case'],
    ['inputs', [], 'inputs: must not be empty'],
    ['outputs', [], 'outputs: must not be empty'],
    ['inputs.1.name', 'tenure', 'inputs.1.name: must be unique: "tenure" is there already'],
    ['inputs.0.missing', 'none', 'inputs.0.missing: must be "nan"'],
    ['inputs.0.range', [72, 72], 'inputs.0.range: must end above its beginning: [72, 72]'],
    ['inputs.0.range', [0, Number.POSITIVE_INFINITY], 'inputs.0.range.1: must be a number'],
    ['inputs.0.encoding.scale', 0, 'inputs.0.encoding.scale: must be greater than 0'],
    ['inputs.1.range', [-1, 5], 'inputs.1.range: must begin above -1 where `log` is set: log1p has no value below'],
    ['inputs.1.range', undefined, 'inputs.1.range: must begin above -1 where `log` is set: log1p has no value below'],
    ['inputs.2.range', [0, 1], 'inputs.2.range: is of numbers: no other encoding has one'],
    ['inputs.2.encoding.values.1', 'Month-to-month', 'inputs.2.encoding.values.1: is there already: "Month-to-month"'],
    ['inputs.2.encoding.values', [], 'inputs.2.encoding.values: must not be empty'],
    [
      'inputs.3.encoding.kind',
      'bool',
      'inputs.3.encoding.kind: must be one of: number, boolean, one_hot, ordinal, text',
    ],
    ['inputs.4.encoding.measures.0', 'mood', 'inputs.4.encoding.measures.0: is no measure of a text: "mood"'],
    ['inputs.0.attribute', 'models.other.value', 'inputs.0.attribute: must not be a score: models do not read models'],
    ['inputs.0.attribute', 'geo.contry', 'inputs.0.attribute: is not known of a request: did you mean "geo.country"?'],
    [
      'inputs.0.attribute',
      'behaviour.view.count.91d',
      'inputs.0.attribute: is no counter (window_too_long): say e.g. "behaviour.product_view.count.7d"',
    ],
    ['inputs.0.attribute', 'a..b', 'inputs.0.attribute: must be names with single dots between'],
    ['inputs.0.attribute', 'a.__proto__', 'inputs.0.attribute: must be names with single dots between'],
    ['inputs.0.attribute', 'arm.id', 'inputs.0.attribute: must be below arm.content, as in "arm.content.text"'],
    ['outputs.0.range', [1, 0], 'outputs.0.range: must end above its beginning: [1, 0]'],
    ['outputs.0.column', -1, 'outputs.0.column: must be at least 0'],
    ['background.1', [1, 2], 'background.1: must have 8 numbers, one a column, and has 2'],
    ['drivers.0.input', 'contrct', 'drivers.0.input: is no input: did you mean "contract"?'],
    ['drivers.0.when', { atLeast: 3, below: 3 }, 'drivers.0.when.below: must be above `atLeast`'],
    ['reference.score.edges', [0.5, 0.5], 'reference.score.edges: must ascend'],
    ['reference.score.shares', [0.5, 0.5], 'reference.score.shares: must be 3, one more than the edges'],
    ['reference.score.shares', [0.5, 0.3, 0.1], 'reference.score.shares: must be 1 together, and are 0.9'],
    [
      'reference.inputs.tenur',
      { edges: [], shares: [1], missing: 0 },
      'reference.inputs.tenur: is no input: did you mean "tenure"?',
    ],
  ])('with %s %j is refused: %s', (path, value, said) => {
    expect(wrongWith(set(path, value))).toContain(said);
  });

  it('may read counters, facts of the request, and the content of arms', () => {
    for (const path of ['touches.email.hoursSinceLast', 'device.type', 'account.tier', 'arm.content.fields.headline'])
      expect(wrongWith(set('inputs.0.attribute', path)), path).toEqual([]);
  });

  it('has a row of at most 1,024 columns', () => {
    const values = Array.from({ length: 256 }, (_, i) => `v${i}`);
    const wide = (count: number) => (manifest: Record<string, unknown>) => {
      manifest.inputs = Array.from({ length: count }, (_, i) => ({
        name: `i${i}`,
        attribute: 'a',
        encoding: { kind: 'one_hot', values },
        missing: 0,
      }));
      for (const name of ['background', 'drivers', 'reference']) delete manifest[name];
    };
    expect(wrongWith(wide(4))).toEqual([]);
    expect(wrongWith(wide(5))).toEqual(['inputs: must be at most 1024 columns together, and are 1280']);
  });
});
