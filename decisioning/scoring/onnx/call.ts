/** One node as its operator sees it: inputs, attributes, and room for what comes out. */
import type { AttributeProto, NodeProto } from './proto.ts';
import { refuse } from './refuse.ts';
import { FLOAT, INT64, type Numbers, numbersOf, roomFor, sizeOf, type Tensor, tensorOf } from './tensor.ts';

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

/** TypeScript names of ONNX's attribute types, in the order of AttributeProto.AttributeType. */
type Held = Pick<AttributeProto, 'f' | 'i' | 's' | 't' | 'floats' | 'ints' | 'strings'>;
const HELD: Readonly<Record<number, keyof Held>> = {
  1: 'f',
  2: 'i',
  3: 's',
  4: 't',
  6: 'floats',
  7: 'ints',
  8: 'strings',
};

export class Call {
  readonly op: string;
  /** Version of the operator set that the node is from. */
  readonly opset: number;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly #attributes = new Map<string, AttributeProto>();
  readonly #unread = new Set<string>();
  readonly #allowance: Allowance;

  constructor(node: NodeProto, opset: number, inputs: readonly (Tensor | undefined)[], allowance: Allowance) {
    this.op = node.op ?? '';
    this.opset = opset;
    this.inputs = inputs;
    this.#allowance = allowance;
    for (const attribute of node.attributes) {
      this.#attributes.set(attribute.name ?? '', attribute);
      this.#unread.add(attribute.name ?? '');
    }
  }

  /** The input at a place. @throws Refused where it is left out */
  input(place = 0): Tensor {
    return this.inputs[place] ?? refuse('malformed', `input ${place} is missing`);
  }

  /** The same, of floats alone. */
  floats(place = 0): { readonly dims: readonly number[]; readonly data: Numbers } {
    const { type, dims, data } = this.input(place);
    if (Array.isArray(data) || (type !== FLOAT && type !== 11))
      return refuse('malformed', `input ${place} is not of floats`);
    return { dims, data };
  }

  /** Numbers of an input that must be known beforehand; undefined where it is left out. @throws Refused */
  constant(place: number): number[] | undefined {
    const tensor = this.inputs[place];
    if (tensor && !tensor.fixed) refuse('unsupported', `input ${place} is worked out from the row`);
    return tensor && Array.from(numbersOf(tensor));
  }

  /** An attribute; `fallback` where the node has none. @throws Refused where it is of another type */
  get<Key extends keyof Held, Fallback>(
    key: Key,
    name: string,
    fallback: Fallback,
  ): Exclude<Held[Key], undefined> | Fallback {
    const attribute = this.#attributes.get(name);
    if (!attribute) return fallback;
    this.#unread.delete(name);
    if (HELD[attribute.type ?? 0] !== key) refuse('malformed', `attribute ${name} is of another type`);
    // A field that is not written is zero.
    return (attribute[key] ??
      (key === 's' ? '' : key === 't' ? refuse('malformed', `attribute ${name} is empty`) : 0)) as never;
  }

  int(name: string, fallback: number): number {
    return this.get('i', name, fallback);
  }

  list(name: string): readonly number[] {
    return this.get('floats', name, []);
  }

  ints(name: string): readonly number[] {
    return this.get('ints', name, []);
  }

  texts(name: string): readonly string[] {
    return this.get('strings', name, []);
  }

  /** Numbers of a tensor attribute, or of the plain list that older versions have. */
  numbers(name: string): readonly number[] | Numbers {
    const tensor = this.get('t', `${name}_as_tensor`, undefined);
    return tensor ? numbersOf(tensorOf(tensor)) : this.list(name);
  }

  /** An axis of `rank` dims, counted from the front. @throws Refused where there is none */
  axis(axis: number, rank: number): number {
    if (!(axis >= -rank && axis < rank)) refuse('malformed', `axis ${axis} of ${rank}`);
    return axis < 0 ? axis + rank : axis;
  }

  /** A tensor for what comes out. @throws Refused where it is too large */
  make(type: number, dims: readonly number[]): Tensor {
    const size = sizeOf(dims);
    this.#allowance.elements -= size;
    if (this.#allowance.elements < 0) refuse('too_large', 'more numbers than one run may hold');
    this.spend(size);
    return { type, dims, data: roomFor(type, size) };
  }

  /** A tensor of floats and its numbers. */
  makeFloats(dims: readonly number[], type = FLOAT): [Tensor, Numbers] {
    const tensor = this.make(type, dims);
    return [tensor, tensor.data as Numbers];
  }

  /** Counts work that `run` will do. @throws Refused where one run would take too long */
  spend(steps: number): void {
    this.#allowance.steps -= steps;
    if (!(this.#allowance.steps >= 0)) refuse('too_large', 'more steps than one run may take');
  }

  /** Attributes that no operator asked for change what a node means. @throws Refused */
  finish(): void {
    for (const name of this.#unread) refuse('unsupported', `attribute ${name}`);
  }
}

/** Class ids as the output that names them: whole numbers or texts. */
export const labelType = (texts: readonly string[]): number => (texts.length > 0 ? 8 : INT64);
