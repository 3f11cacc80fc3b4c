/** Reads protocol buffers by a schema: https://protobuf.dev/programming-guides/encoding. Unknown fields are passed over, as the format wants. */
import { must } from './refuse.ts';

/** Types on the wire. */
const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

/** How a field is read; `BYTES` as they are. */
export const [INT, DOUBLE, TEXT, FLOAT, BYTES] = [VARINT, FIXED64, DELIMITED, FIXED32, 6] as const;

/** By field number; a message within the message has a schema of its own. A list is there even when nothing came. */
export interface Schema {
  readonly [field: number]: readonly [name: string, kind: number | Schema, list?: 1];
}

/**
 * The message between two places of `bytes`. What it is at run time is what the schema says, so a caller may give the result that type.
 *
 * @throws Refused `malformed` where a field has another type, or RangeError or URIError where the bytes end early or a text is not UTF-8
 */
export function decode(bytes: Uint8Array, schema: Schema, from = 0, to = bytes.length): unknown {
  // Reading past its end throws.
  const view = new DataView(bytes.buffer, bytes.byteOffset, to);
  const message: Record<string, unknown> = {};
  for (const [name, , list] of Object.values(schema) as Schema[number][]) if (list) message[name] = [];
  let at = from;
  const varint = (): number => {
    let [low, high] = [0, 0];
    for (let shift = 0; ; shift += 7) {
      must(shift < 70, 'a number is longer than ten bytes');
      const byte = view.getUint8(at++);
      const seven = byte & 127;
      if (shift < 32) low |= seven << shift;
      if (shift > 27) high |= shift > 28 ? seven << (shift - 32) : seven >> 4;
      if (byte < 128) return high * 4_294_967_296 + (low >>> 0);
    }
  };
  while (at < to) {
    const tag = varint();
    const wire = tag & 7;
    const [name = '', kind = wire, list] = schema[tag >>> 3] ?? [];
    const wanted = kind === BYTES || typeof kind === 'object' ? DELIMITED : kind;
    const length = wire === DELIMITED ? varint() : 0;
    const end = at + length;
    must(length >= 0 && end <= to, 'the bytes end within a field');
    const value = (): unknown => {
      if (wanted === VARINT) return varint();
      const start = at;
      at += wanted === FIXED32 ? 4 : 8;
      if (wanted === FIXED32) return view.getFloat32(start, true);
      if (wanted === FIXED64) return view.getFloat64(start, true);
      must(wanted === DELIMITED, 'a field of no known type');
      at = end;
      if (typeof kind === 'object') return decode(bytes, kind, end - length, end);
      const part = bytes.subarray(end - length, end);
      return kind === BYTES || !name ? part : textOf(part);
    };
    const values = message[name] as unknown[];
    if (list && wire === DELIMITED && wanted !== DELIMITED) {
      while (at < end) values.push(value());
      must(at === end, `${name} ends within a number`);
    } else {
      must(wire === wanted, `${name} has another type on the wire`);
      if (list) values.push(value());
      else message[name] = value();
    }
  }
  return message;
}

/** UTF-8, which the ES library decodes only as the escapes of a URI. */
function textOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    const isPlain = byte < 128 && byte !== 37;
    text += isPlain ? String.fromCharCode(byte) : `%${(byte + 256).toString(16).slice(1)}`;
  }
  return decodeURIComponent(text);
}
