/** Reads protocol buffers by a schema: https://protobuf.dev/programming-guides/encoding. Unknown fields are passed over, as the format wants. */
import { refuse } from './refuse.ts';

/** How a field's bytes are read: signed whole numbers, floats, UTF-8, bytes as they are, or a message of its own. */
export type Kind = 'int' | 'float' | 'double' | 'text' | 'bytes' | Schema;

/** By field number. A list holds what comes once or often, and is there even when nothing came. */
export interface Schema {
  readonly [field: number]: readonly [name: string, kind: Kind, list?: 1];
}

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

/** Two to the power of 32: the weight of a 64-bit number's upper half. */
const UPPER = 4_294_967_296;

/**
 * The message between two places of `bytes`. What it is at run time is what the schema says, so a caller may give the result that type.
 *
 * @throws Refused `malformed` where the bytes end early or a field has another type
 */
export function decode(bytes: Uint8Array, schema: Schema, from = 0, to = bytes.length): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const message: Record<string, unknown> = {};
  for (const [name, , list] of Object.values(schema) as Schema[number][]) if (list) message[name] = [];
  let at = from;

  const skip = (count: number): number => {
    if (!(count >= 0 && count <= to - at)) refuse('malformed', 'the bytes end within a field');
    at += count;
    return at - count;
  };
  const varint = (): number => {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[skip(1)]!;
      const seven = byte & 127;
      if (shift < 28) low |= seven << shift;
      else if (shift > 28) high |= seven << (shift - 32);
      else {
        low |= seven << 28;
        high = seven >> 4;
      }
      if (byte < 128) return (high | 0) * UPPER + (low >>> 0);
    }
    return refuse('malformed', 'a number is longer than ten bytes');
  };
  const scalar = (kind: Kind): number =>
    kind === 'int' ? varint() : kind === 'float' ? view.getFloat32(skip(4), true) : view.getFloat64(skip(8), true);
  const wireOf = (kind: Kind): number =>
    kind === 'int' ? VARINT : kind === 'float' ? FIXED32 : kind === 'double' ? FIXED64 : DELIMITED;
  const delimited = (kind: Kind, length: number): unknown => {
    const start = skip(length);
    if (kind === 'bytes') return bytes.subarray(start, at);
    return kind === 'text' ? textOf(bytes.subarray(start, at)) : decode(bytes, kind as Schema, start, at);
  };

  while (at < to) {
    const tag = varint();
    const wire = tag & 7;
    const known = schema[tag >>> 3];
    if (!known) {
      if (wire === VARINT) varint();
      else skip(wire === FIXED64 ? 8 : wire === FIXED32 ? 4 : wire === DELIMITED ? varint() : -1);
      continue;
    }
    const [name, kind, list] = known;
    const wanted = wireOf(kind);
    if (list && wire === DELIMITED && wanted !== DELIMITED) {
      const length = varint();
      const end = skip(length) + length;
      const values = message[name] as number[];
      for (at = end - length; at < end; ) values.push(scalar(kind));
      if (at > end) refuse('malformed', `${name}: its last number does not end with it`);
      continue;
    }
    if (wire !== wanted) refuse('malformed', `${name} has another type on the wire`);
    const value = wire === DELIMITED ? delimited(kind, varint()) : scalar(kind);
    if (list) (message[name] as unknown[]).push(value);
    else message[name] = value;
  }
  return message;
}

/** UTF-8, which the ES library decodes only as a URI's escapes; nearly all names are ASCII and need none. */
function textOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    if (byte > 127) return escaped(bytes);
    text += String.fromCharCode(byte);
  }
  return text;
}

function escaped(bytes: Uint8Array): string {
  let escapes = '';
  for (const byte of bytes) escapes += `%${(byte + 256).toString(16).slice(1)}`;
  try {
    return decodeURIComponent(escapes);
  } catch {
    return refuse('malformed', 'a text is not UTF-8');
  }
}
