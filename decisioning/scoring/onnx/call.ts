/** One node as its operator sees it: inputs, attributes, and room for what comes out. */
import type { AttributeProto, NodeProto } from './proto.ts';
import { must, refuse } from './refuse.ts';
import { FLOAT, type Numbers, roomFor, sizeOf, TEXT, type Tensor } from './tensor.ts';

/** What an operator makes of a node: its outputs, and the work that fills them. */
export interface Made {
  readonly outputs: readonly Tensor[];
  /** Absent where the outputs are views of the inputs. */
  readonly run?: () => void;
}

/** Shapes, constants and attributes are settled when it is called; `run` then does nothing but arithmetic. */
export type Operator = (call: Call) => Made;

/** Elements and steps that a plan may still take; counted down. */
export interface Allowance {
  elements: number;
  steps: number;
}

type Held = Required<Pick<AttributeProto, 'f' | 'i' | 's' | 't' | 'floats' | 'ints' | 'strings'>>;
/** Fields of AttributeProto in the order of its types. */
const HELD = ['', 'f', 'i', 's', 't', '', 'floats', 'ints', 'strings'];

export class Call {
  /** Version of the operator set that the node is from. */
  readonly opset: number;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly #attributes: Map<string | undefined, AttributeProto>;
  readonly #unread: Set<string | undefined>;
  readonly #allowance: Allowance;

  constructor(node: NodeProto, opset: number, inputs: readonly (Tensor | undefined)[], allowance: Allowance) {
    this.opset = opset;
    this.inputs = inputs;
    this.#allowance = allowance;
    this.#attributes = new Map(node.attributes.map((attribute) => [attribute.name, attribute]));
    this.#unread = new Set(this.#attributes.keys());
  }

  /** The input at a place. @throws Refused where it is left out */
  input(place = 0): Tensor {
    return this.inputs[place] ?? refuse('malformed', `input ${place} is missing`);
  }

  /** Numbers of an input. @throws Refused where it holds text */
  numbers(place = 0): Numbers {
    const { data } = this.input(place);
    must(!Array.isArray(data), 'text where numbers belong');
    return data;
  }

  /** Numbers of an input that must be known beforehand, or of the attribute that older versions have; undefined where neither is there. */
  listed(place: number, name: string): number[] | undefined {
    const given = this.get('ints', name);
    const tensor = this.inputs[place];
    if (!tensor) return given && [...given];
    if (!tensor.fixed) refuse('unsupported', `${name} worked out from the row`);
    return Array.from(this.numbers(place));
  }

  /** An attribute; undefined where the node has none. @throws Refused where it is of another type */
  get<Key extends keyof Held>(key: Key, name: string): Held[Key] | undefined {
    const attribute = this.#attributes.get(name);
    if (!attribute) return undefined;
    this.#unread.delete(name);
    must(HELD[attribute.type ?? 0] === key, `attribute ${name} is of another type`);
    // A field that is not written is zero.
    return (attribute[key] ?? (key === 's' ? '' : 0)) as Held[Key];
  }

  int(name: string, fallback = 0): number {
    return this.get('i', name) ?? fallback;
  }

  ints(name: string): readonly number[] {
    return this.get('ints', name) ?? [];
  }

  floats(name: string): readonly number[] {
    return this.get('floats', name) ?? [];
  }

  /** One of the words of a list, by its place. @throws Refused where it is another */
  word(name: string, words: readonly string[]): number {
    const word = this.get('s', name) ?? words[0]!;
    const place = words.indexOf(word);
    return place < 0 ? refuse('unsupported', `${name} ${word}`) : place;
  }

  /** Class ids: texts or whole numbers, and the type of a tensor of them. */
  labels(ints: string): { type: number; labels: readonly (string | number)[] } {
    const texts = this.get('strings', 'classlabels_strings');
    return texts?.length ? { type: TEXT, labels: texts } : { type: 7, labels: this.ints(ints) };
  }

  /** An axis of an input, counted from the front. @throws Refused where there is none, or where rows would be mixed */
  axis(axis: number, { dims, fixed }: Pick<Tensor, 'dims' | 'fixed'> = this.input(), rank = dims.length): number {
    const place = axis < 0 ? axis + rank : axis;
    must(place >= 0 && place < rank, `axis ${axis} of ${rank}`);
    return place > 0 || fixed ? place : refuse('unsupported', 'an axis across rows');
  }

  /** A tensor for what comes out, and its numbers. @throws Refused where it is too large */
  make(dims: readonly number[], type: number = FLOAT): [Tensor, Numbers] {
    const size = sizeOf(dims);
    this.#allowance.elements -= size;
    this.spend(size);
    const data = roomFor(type, size);
    return [{ type, dims, data }, data as Numbers];
  }

  /** Counts work that `run` will do. @throws Refused where one run would take too long */
  spend(steps: number): void {
    this.#allowance.steps -= steps;
    if (this.#allowance.steps < 0 || this.#allowance.elements < 0) refuse('too_large', 'more than one run may take');
  }

  /** Attributes that no operator asked for change what a node means. @throws Refused */
  finish(): void {
    for (const name of this.#unread) refuse('unsupported', `attribute ${name}`);
  }
}
