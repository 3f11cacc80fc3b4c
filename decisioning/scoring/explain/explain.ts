/** Explanations of a model's scores, row by row. */
import type { OpenedModel } from '../engine.ts';
import type { ModelManifest, ModelOutput } from '../manifest.ts';
import { affordable } from './affordable.ts';
import { backgroundRows } from './background.ts';
import { seenValue } from './decode.ts';
import type { Explanation, Unexplained } from './explanation.ts';
import type { Additive } from './parts.ts';
import { type Player, playerOfColumns, playersOf } from './players.ts';
import { type Shares, sharesOf, sumFor } from './shares.ts';
import { structureOf } from './structure.ts';

/** How far the sum of parts may be from the score that is served, relative or absolute, to be taken for what it is made of. */
const SAME_SCORE = 1e-4;
/** Where raw and baseline are this near, the link's slope is taken in place of their chord … */
const SAME_RAW = 1e-9;
/** … over a step as long as this. */
const SLOPE_STEP = 1e-4;

export interface ExplainerFacts {
  readonly manifest: ModelManifest;
  readonly opened: OpenedModel;
  /** The ONNX file; without it, or where it is for another engine, every contribution is estimated from scores alone. */
  readonly file?: Uint8Array;
}

export interface ExplainRow {
  /** Encoded, in the order of the columns. */
  readonly row: Float32Array;
  /** Names of the inputs that had no value. */
  readonly missing?: readonly string[];
  /** Name of the output; the first unless told. */
  readonly output?: string;
  /** What the explanation may cost; {@link MAX_EXPLANATION_STEPS} unless told. */
  readonly steps?: number;
}

export type Explain = (asked: ExplainRow) => Explanation | { readonly unexplained: Unexplained };

/** Reads the file once; what it returns explains any number of rows. */
export function explainer({ manifest, opened, file }: ExplainerFacts): Explain {
  const structure = file && structureOf(file);
  const players = playersOf(manifest.inputs);
  const others = backgroundRows(manifest);
  return ({ row, missing = [], output: name, steps }) => {
    const output = name === undefined ? manifest.outputs[0] : manifest.outputs.find((each) => each.name === name);
    if (!output) return { unexplained: 'no_output' };
    if (others.length === 0) return { unexplained: 'no_background' };
    const whole = wholeModel(opened, output);
    const score = sumFor(whole.sum, row);
    if (!Number.isFinite(score)) return { unexplained: 'no_score' };
    const read = structure?.additive(output.tensor, output.column);
    const additive = read && isSame(read, row, score) ? read : whole;
    const count = players.length;
    const compared = affordable(additive.sum, others, { count, steps });
    if (!compared) return { unexplained: 'too_costly' };
    const comparison = { row, ...compared, players: playerOfColumns(players), count };
    const shares = sharesOf(additive.sum, comparison);
    return explanationOf(output, additive, shares, { players, row, missing });
  };
}

/** A score that can only be asked for. */
function wholeModel(opened: OpenedModel, { tensor, column }: ModelOutput): Additive {
  const value = (row: Float32Array) => opened.run(row, 1)[tensor]?.[column] ?? Number.NaN;
  const { steps = 0 } = opened;
  const sum = { constant: 0, terms: [{ weight: 1, part: { kind: 'opaque', value, steps } as const }] };
  return { sum, link: (raw) => raw, space: 'score' };
}

function isSame({ sum, link }: Additive, row: Float32Array, score: number): boolean {
  return Math.abs(link(sumFor(sum, row)) - score) <= SAME_SCORE * Math.max(1, Math.abs(score));
}

function explanationOf(
  { name }: ModelOutput,
  { link, space }: Additive,
  { raw, baseline, shares, errors }: Shares,
  { players, row, missing }: { players: readonly Player[]; row: Float32Array; missing: readonly string[] },
): Explanation {
  const [score, typical] = [link(raw), link(baseline)];
  const pointsPerRaw =
    Math.abs(raw - baseline) > SAME_RAW
      ? (score - typical) / (raw - baseline)
      : (link(raw + SLOPE_STEP) - link(raw - SLOPE_STEP)) / (2 * SLOPE_STEP);
  return {
    output: name,
    score,
    typical,
    space,
    raw,
    baseline,
    method: errors ? 'estimated' : 'exact',
    contributions: players.map((player, i) => ({
      name: player.name,
      input: player.input.name,
      value: seenValue(player, row, missing),
      contribution: shares[i]!,
      points: shares[i]! * pointsPerRaw,
      ...(errors && errors[i]! > 0 && { error: errors[i]! }),
    })),
  };
}

/** What the columns of an input add together: of a text, its measures. */
export function contributionOf({ contributions }: Explanation, input: string): number {
  return contributions.reduce((sum, each) => sum + (each.input === input ? each.contribution : 0), 0);
}
