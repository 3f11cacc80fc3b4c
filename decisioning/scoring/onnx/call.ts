/** One node as its operator sees it: inputs, attributes, and room for what comes out. */
import { MADE_BYTES, MADE_STEPS } from './limits.ts';
import type { AttributeProto, NodeProto } from './proto.ts';
import { must, refuse } from './refuse.ts';
import { type Numbers, type Tensor, zeros } from './tensor.ts';

/**
 * Settles shapes, constants and attributes, and gives the call its outputs; what it returns does nothing but the arithmetic that fills them.
 * Nothing where the outputs are views of the inputs.
 */
export type Operator = (call: Call) => (() => void) | undefined;

type Held = Required<Pick<AttributeProto, 'f' | 'i' | 's' | 't' | 'floats' | 'ints' | 'strings'>>;
/** Fields of AttributeProto in the order of its types. */
const HELD = ['', 'f', 'i', 's', 't', '', 'floats', 'ints', 'strings'];

export class Call {
  /** Version of the operator set that the node is from. */
  readonly opset: number;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: Tensor[] = [];
  /** Counts work that a run will do, and bytes that are kept for it. @throws Refused where they are more than one model may take */
  readonly spend: (steps: number, bytes?: number) => void;
  /** Those that nobody has read yet. */
  readonly #attributes: Map<string | undefined, AttributeProto>;

  constructor(node: NodeProto, opset: number, inputs: readonly (Tensor | undefined)[], spend: Call['spend']) {
    this.opset = opset;
    this.inputs = inputs;
    this.spend = spend;
    this.#attributes = new Map(node.attributes.map((attribute) => [attribute.name, attribute]));
  }

  /** The input at a place. @throws Refused where it is left out */
  input(place = 0): Tensor {
    return this.inputs[place] ?? refuse('malformed', 'inputs');
  }

  /** @throws Refused where one is left out */
  everyInput(): Tensor[] {
    return this.inputs.map((_, place) => this.input(place));
  }

  /** The input's rows, of two dims: how wide they are. @throws Refused where it has others */
  width(): number {
    const { dims } = this.input();
    must(dims.length === 2 && dims[0] === 1, 'shape');
    return dims[1]!;
  }

  /** An attribute, once; undefined where the node has none. @throws Refused where it is of another type */
  get<Key extends keyof Held>(key: Key, name: string): Held[Key] | undefined {
    const attribute = this.#attributes.get(name);
    this.#attributes.delete(name);
    must(!attribute || HELD[attribute.type ?? 0] === key, `attribute ${name}`);
    // A field that is not written is zero.
    return attribute && ((attribute[key] ?? 0) as Held[Key]);
  }

  int(name: string, fallback = 0): number {
    return this.get('i', name) ?? fallback;
  }

  float(name: string, fallback = 0): number {
    return this.get('f', name) ?? fallback;
  }

  ints(name: string): readonly number[] {
    return this.get('ints', name) ?? [];
  }

  floats(name: string): readonly number[] {
    return this.get('floats', name) ?? [];
  }

  /** One of the words of a list, by its place. @param fallback where none is given. @throws Refused where it is another */
  word(name: string, words: readonly string[], fallback = 0): number {
    const word = this.get('s', name) ?? words[fallback]!;
    const place = words.indexOf(word);
    return place < 0 ? refuse('unsupported', `${name} ${word}`) : place;
  }

  /** Class labels: numbers, or for texts their places. */
  labels(name = 'classlabels_int64s'): readonly number[] {
    const numbers = this.ints(name);
    return this.get('strings', 'classlabels_strings')?.map((_, i) => i) ?? numbers;
  }

  /** An axis of the input, counted from the front. @throws Refused where there is none */
  axis(axis: number): number {
    const rank = this.input().dims.length;
    must(axis >= -rank && axis < rank, 'axis');
    return axis < 0 ? axis + rank : axis;
  }

  /** The next output's numbers. @throws Refused where it is too large */
  make(dims: readonly number[], type?: number): Numbers {
    const tensor = zeros(dims, type);
    this.spend(MADE_STEPS * tensor.data.length, MADE_BYTES * tensor.data.length);
    this.outputs.push(tensor);
    return tensor.data;
  }

  /** Attributes that no operator asked for change what a node means. @throws Refused */
  finish(): void {
    for (const name of this.#attributes.keys()) refuse('unsupported', `attribute ${name}`);
  }
}
