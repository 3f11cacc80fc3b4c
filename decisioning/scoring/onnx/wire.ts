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
  const varint = (place = 0): number => {
    const byte = bytes[at++]!;
    // The tenth has the sign alone, and is the last.
    if (byte < 128) return place < 9 ? byte : -(byte & 1);
    must(place < 9, 'number');
    return byte - 128 + 128 * varint(place + 1);
  };
  // The last text of each length: a forest's thousands of words are two or three, and most need not be made again.
  const known = [''];
  /** UTF-8, which the ES library decodes only as the escapes of a URI. */
  const textOf = (start: number, end: number): string => {
    const length = end - start;
    let same = 0;
    while (same < length && bytes[start + same] === known[length]?.charCodeAt(same)) same++;
    if (same < length) {
      let text = '';
      for (const byte of bytes.subarray(start, end)) text += String.fromCharCode(byte);
      known[length] = decodeURIComponent(escape(text));
    }
    return known[length]!;
  };
  const value = (kind: number | Schema, end: number): unknown => {
    if (kind === INT) return varint();
    const start = at;
    at += kind === FLOAT ? 4 : 8;
    if (kind === FLOAT) return view.getFloat32(start, true);
    if (kind === DOUBLE) return view.getFloat64(start, true);
    at = end;
    if (kind === TEXT) return textOf(start, end);
    if (++messages > MAX_MESSAGES) refuse('too_large', 'messages');
    if (kind === BYTES) return bytes.subarray(start, end);
    at = start;
    return read(kind as Schema, end);
  };
  const read = (fields: Schema, to: number): unknown => {
    const message: Record<string, unknown> = {};
    for (const [name, , list] of Object.values(fields) as Schema[number][]) if (list) message[name] = [];
    while (at < to) {
      const tag = varint();
      const wire = tag & 7;
      // By place: a forest's file has thousands of fields, and is read once, before any of this is compiled.
      const field = fields[tag >>> 3] ?? ['', wire === TEXT ? BYTES : wire];
      const name = field[0];
      const kind = field[1];
      const length = wire === TEXT ? varint() : 0;
      const end = at + length;
      must(length >= 0 && end <= to, 'length');
      const isNumber = (kind as number) < TEXT || kind === FLOAT;
      must(isNumber || wire === TEXT, name);
      const values = message[name] as unknown[];
      // Lists of numbers may come in one piece.
      if (field[2] && isNumber && wire === TEXT) while (at < end) values.push(value(kind, end));
      else if (field[2]) values.push(value(kind, end));
      else message[name] = value(kind, end);
      must(wire === TEXT ? at === end : wire === kind, name);
    }
    return message;
  };
  return read(schema, bytes.length);
}
