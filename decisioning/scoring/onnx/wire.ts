/** Reads protocol buffers by a schema: https://protobuf.dev/programming-guides/encoding. Unknown fields are passed over, as the format wants. */
import { MAX_MESSAGES } from './limits.ts';
import { must, refuse } from './refuse.ts';

/** How a field is read, by its type on the wire; `BYTES` are delimited as texts are. Numbers leave less than 2 when divided by 4. */
export const INT = 0;
export const DOUBLE = 1;
export const TEXT = 2;
export const FLOAT = 5;
export const BYTES = 6;

/** By field number; a message within the message has a schema of its own. A list is there even when nothing came. */
export interface Schema {
  readonly [field: number]: readonly [name: string, kind: number | Schema, list?: 1];
}

/**
 * The message that `bytes` are. What it is at run time is what the schema says, so a caller may give the result that type.
 *
 * @throws Refused `malformed` where a field has another type, `too_large` at more messages than a model has, or RangeError or URIError where
 * the bytes end early or a text is not UTF-8
 */
export function decode(bytes: Uint8Array, schema: Schema): unknown {
  // Reading past its end throws.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let messages = 0;
  const varint = (): number => {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      must(shift < 70, 'number');
      const byte = view.getUint8(at++);
      const seven = byte & 127;
      if (shift < 32) low |= seven << shift;
      if (shift > 27) high |= shift > 28 ? seven << (shift - 32) : seven >> 4;
      if (byte < 128) return high * 4_294_967_296 + (low >>> 0);
    }
  };
  const read = (fields: Schema, to: number): unknown => {
    const message: Record<string, unknown> = {};
    for (const [name, , list] of Object.values(fields) as Schema[number][]) if (list) message[name] = [];
    while (at < to) {
      const tag = varint();
      const wire = tag & 7;
      const [name = '', kind = wire === TEXT ? BYTES : wire, list] = fields[tag >>> 3] ?? [];
      const length = wire === TEXT ? varint() : 0;
      const start = at;
      const end = at + length;
      must(length >= 0 && end <= to, 'length');
      const value = (): unknown => {
        if (kind === INT) return varint();
        const place = at;
        at += kind === FLOAT ? 4 : 8;
        if (kind === FLOAT) return view.getFloat32(place, true);
        if (kind === DOUBLE) return view.getFloat64(place, true);
        must(wire === TEXT, name);
        at = end;
        const part = bytes.subarray(start, end);
        if (kind === TEXT) return textOf(part);
        if (++messages > MAX_MESSAGES) refuse('too_large', 'messages');
        if (kind === BYTES) return part;
        at = start;
        return read(kind as Schema, end);
      };
      const values = message[name] as unknown[];
      // Lists of numbers may come in one piece.
      if (list && wire === TEXT && typeof kind === 'number' && kind % 4 < TEXT) while (at < end) values.push(value());
      else if (list) values.push(value());
      else message[name] = value();
      must(wire === TEXT ? at === end : wire === kind, name);
    }
    return message;
  };
  return read(schema, bytes.length);
}

/** UTF-8, which the ES library decodes only as the escapes of a URI. */
function textOf(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
    bits |= byte;
  }
  // Of a forest's thousands of words none has other letters.
  return bits < 128 ? text : decodeURIComponent(escape(text));
}
