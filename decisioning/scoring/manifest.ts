/** What a model declares of itself: one definition that training writes and every host serves by. */
import type { ModelWatch } from './watch/rules.ts';

/** Where an input's value comes from and how it becomes numbers. One input may be several columns of the model's row. */
export interface ModelInput {
  /** Unique in its model, 1 to 64 of `a-z 0-9 _ -`. */
  readonly name: string;
  /** Path of the value as conditions name it (`traits`, counters, `page.…`), or below `arm.` for what is scored arm by arm. */
  readonly attribute: string;
  /** What the value is measured in, for people: `months`, `EUR`; absent where it has no unit. */
  readonly unit?: string;
  /** In words, for the model's card and for reasons: "months as a customer". */
  readonly label?: string;
  readonly encoding: InputEncoding;
  /** What the columns hold where the value is missing or of another type; `nan` only for models that know missing values (trees). */
  readonly missing: number | 'nan';
  /** Of numbers: values outside are taken at the nearer end, and counted. */
  readonly range?: readonly [min: number, max: number];
}

export type InputEncoding =
  /** (log1p(value) or value − center) / scale; one column. */
  | { readonly kind: 'number'; readonly log?: true; readonly center?: number; readonly scale?: number }
  /** 1 for true (and for `trueValues`), 0 for everything else that is present; one column. */
  | { readonly kind: 'boolean'; readonly trueValues?: readonly string[] }
  /** One column per value, 1 where the attribute is that value. */
  | { readonly kind: 'one_hot'; readonly values: readonly string[] }
  /** The value's place in the list; one column. A value that is not in it is missing. */
  | { readonly kind: 'ordinal'; readonly values: readonly string[] }
  /** Measures of a text, one column each, by name. */
  | { readonly kind: 'text'; readonly measures: readonly string[] };

/** A number that the model's graph gives per row. */
export interface ModelOutput {
  /** What conditions call it: `models.<model id>.<name>`; `probability` or `value` unless the model says otherwise. */
  readonly name: string;
  /** Name of the graph's output and the column in it. */
  readonly tensor: string;
  readonly column: number;
  /** Smallest and largest that it may be; a score outside counts as broken. */
  readonly range: readonly [min: number, max: number];
  /** `probability` outputs are calibrated against outcomes, `value` outputs are counted for drift alone. */
  readonly kind: 'probability' | 'value';
  readonly unit?: string;
}

/** Who evaluates it: our own evaluator wherever it can, onnxruntime-web for what is outside its operators. */
export type EngineName = 'hyperedge' | 'onnxruntime-web';

/** What hosts need to score with a model. Cards, metrics and lineage stand beside it in the registry and reach no decision. */
export interface ModelManifest {
  readonly format: 1;
  readonly id: string;
  readonly name: string;
  /** What is predicted, in words and with its time frame: "leaves within a month". */
  readonly predicts: string;
  readonly engine: EngineName;
  /** The ONNX file: SHA-256, hexadecimal, and its length. */
  readonly file: { readonly sha256: string; readonly bytes: number };
  /** Pages may have it, and score with it what they alone know: manifest and file are public then. */
  readonly onDevice?: true;
  /** Inner edges of the score's buckets, ascending; ten of equal width over its range when absent. */
  readonly buckets?: readonly number[];
  /** Name of the graph's input that takes the row. */
  readonly inputTensor: string;
  /** In the order of the row's columns. */
  readonly inputs: readonly ModelInput[];
  /** The first is the score. */
  readonly outputs: readonly ModelOutput[];
  /** The mean score over the training rows. */
  readonly baseline?: number;
  /**
   * Encoded rows that stand for all customers: explanations compare with them, and without them there are none. At most 64, of equal
   * weight, in the columns' order; null stands for NaN. `explain/background.ts` chooses them.
   */
  readonly background?: readonly (readonly (number | null)[])[];
  /** What to say of an input that moves the score, and what to do about it; the first that applies is taken. */
  readonly drivers?: readonly ModelDriver[];
  /** What scores and inputs looked like when it was trained: what drift is measured against. */
  readonly reference?: ModelReference;
  /** How it is watched where it serves; absent fields have defaults. */
  readonly watch?: ModelWatch;
}

/** An input as a reason, in words that a banker would use. */
export interface ModelDriver {
  /** Name of the input. */
  readonly input: string;
  /** Which way it must move the score: `raises` when absent. */
  readonly effect?: 'raises' | 'lowers';
  /** Of which values it speaks; of all when absent. */
  readonly when?: DriverCondition;
  /** "month-to-month contract"; `{value}` stands for the value with its unit. */
  readonly words: string;
  /** What is recommended against it: "offer a one-year contract". */
  readonly intervention?: string;
}

/** What an input's value must be: all that is given must hold, and a missing value meets `missing` alone. */
export interface DriverCondition {
  /** Of words: one of these. Of booleans: `true` or `false`. */
  readonly oneOf?: readonly string[];
  readonly atLeast?: number;
  readonly below?: number;
  readonly missing?: true;
}

/** Shares of the training rows by bin, each list summing to 1. */
export interface ModelReference {
  /** Of the score: inner edges, ascending, and one share more than edges. */
  readonly score: Histogram;
  /** By input name; `missing` is the share without a value. */
  readonly inputs: Readonly<Record<string, Histogram & { readonly missing: number }>>;
}

export interface Histogram {
  readonly edges: readonly number[];
  readonly shares: readonly number[];
}
