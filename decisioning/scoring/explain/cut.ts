/** A smaller model out of a larger one, byte by byte: one tensor, and the nodes that it waits for. */
import type { ModelProto } from '../onnx/proto.ts';

/** Fields of ModelProto, GraphProto and ValueInfoProto (onnx.proto), and the wire type of what has a length. */
const GRAPH = 7;
const [NODE, TENSOR, INPUT, OUTPUT] = [1, 5, 11, 12] as const;
const PORT_NAME = 1;
const LENGTH_DELIMITED = 2;

interface Field {
  readonly id: number;
  /** With its tag. */
  readonly whole: Uint8Array;
  /** Of a field that has a length: what it holds. */
  readonly content: Uint8Array;
}

/** The model that gives this tensor alone, with the constants that it takes. @param bytes of a file that `proto` was read from */
export function cutModel(bytes: Uint8Array, { graph }: ModelProto, tensor: string): Uint8Array {
  const { nodes = [], tensors = [], inputs = [] } = graph ?? {};
  const { needed, names } = neededFor(nodes, tensor);
  const constants = new Set(tensors.map(({ name }) => name));
  const isTaken = ({ name = '' }: { readonly name?: string }): boolean => names.has(name);
  /** By kind, whether the next of them is kept, in the order in which they stand; constants may stand among the inputs, too. */
  const kept: Readonly<Record<number, readonly boolean[]>> = {
    [NODE]: nodes.map((_, i) => needed.has(i)),
    [TENSOR]: tensors.map(isTaken),
    [INPUT]: inputs.map((port) => isTaken(port) || !constants.has(port.name)),
  };
  const output = message(OUTPUT, message(PORT_NAME, utf8(tensor)));
  return joined(
    fieldsOf(bytes).map(({ id, whole, content }) => {
      if (id !== GRAPH) return whole;
      const passed = new Map<number, number>();
      const own = fieldsOf(content).filter((field) => {
        const at = passed.get(field.id) ?? 0;
        passed.set(field.id, at + 1);
        return kept[field.id]?.[at] ?? field.id !== OUTPUT;
      });
      return message(GRAPH, joined([...own.map((field) => field.whole), output]));
    }),
  );
}

/** Places of the nodes on the way to a tensor, whatever order they stand in, and every name on it. */
function neededFor(
  nodes: readonly { readonly inputs: readonly string[]; readonly outputs: readonly string[] }[],
  tensor: string,
): { readonly needed: ReadonlySet<number>; readonly names: ReadonlySet<string> } {
  const names = new Set<string>();
  const maker = new Map(nodes.flatMap(({ outputs }, i) => outputs.map((name) => [name, i] as const)));
  const needed = new Set<number>();
  const waiting = [tensor];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    names.add(name);
    const node = maker.get(name);
    if (node === undefined || needed.has(node)) continue;
    needed.add(node);
    waiting.push(...nodes[node]!.inputs);
  }
  return { needed, names };
}

/** The fields of a message that has been read once before, so that it is known to be whole. */
function fieldsOf(bytes: Uint8Array): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const number = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const from = at;
    const tag = number();
    let content = 0;
    if (tag % 8 === LENGTH_DELIMITED) {
      const length = number();
      content = at;
      at += length;
    } else if (tag % 8 === 0) number();
    else at += tag % 8 === 1 ? 8 : 4;
    fields.push({
      id: Math.floor(tag / 8),
      whole: bytes.subarray(from, at),
      content: bytes.subarray(content || at, at),
    });
  }
  return fields;
}

function message(id: number, content: Uint8Array): Uint8Array {
  return joined([Uint8Array.from([...digits(id * 8 + LENGTH_DELIMITED), ...digits(content.length)]), content]);
}

/** A number as protobuf writes it, seven bits at a time. */
function digits(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** UTF-8 by hand: the ES library has no encoder. */
function utf8(text: string): Uint8Array {
  const bytes = encodeURIComponent(text).replaceAll(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Uint8Array.from(bytes, (char) => char.charCodeAt(0));
}
