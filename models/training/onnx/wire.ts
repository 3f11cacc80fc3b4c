/** The few forms of the protocol buffers' wire format that a model file is made of. */

const VARINT = 0;
const DELIMITED = 2;
const FIXED32 = 5;
const CONTINUES = 0x80;
const GROUP_BITS = 7n;
const GROUP = 0x7fn;
/** A field's number stands above its wire type's three bits. */
const TYPE_BITS = 3;
const FIRST_BYTES = 1_024;

/** Bytes that grow. Fields come out in the order in which they are written, so the same calls make the same bytes. */
export class Wire {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  /** A whole number; negative ones take ten bytes, as the format's int64 has it. */
  int(field: number, value: number | bigint): this {
    this.#tag(field, VARINT);
    this.#varint(BigInt(value));
    return this;
  }

  float(field: number, value: number): this {
    this.#tag(field, FIXED32);
    return this.#raw(littleEndian(Float32Array.of(value)));
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, DELIMITED);
    this.#varint(BigInt(value.length));
    return this.#raw(value);
  }

  message(field: number, value: Wire): this {
    return this.bytes(field, value.finish());
  }

  /** Many floats as one field. */
  floats(field: number, values: ArrayLike<number>): this {
    return this.bytes(field, littleEndian(Float32Array.from(values)));
  }

  /** Many whole numbers as one field. */
  ints(field: number, values: ArrayLike<number>): this {
    const packed = new Wire();
    for (let i = 0; i < values.length; i++) packed.#varint(BigInt(values[i]!));
    return this.bytes(field, packed.finish());
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #tag(field: number, type: number): void {
    this.#varint(BigInt((field << TYPE_BITS) | type));
  }

  #varint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    while (rest > GROUP) {
      this.#byte(Number(rest & GROUP) | CONTINUES);
      rest >>= GROUP_BITS;
    }
    this.#byte(Number(rest));
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  #raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** The numbers' bytes, lowest first on every machine. */
export function littleEndian(values: Float32Array | Float64Array | Int32Array | BigInt64Array): Uint8Array {
  const size = values.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (typeof value === 'bigint') view.setBigInt64(i * size, value, true);
    else if (values instanceof Float64Array) view.setFloat64(i * size, value, true);
    else if (values instanceof Int32Array) view.setInt32(i * size, value, true);
    else view.setFloat32(i * size, value, true);
  }
  return bytes;
}
