/** Internet addresses as bytes: 4 of IPv4, 16 of IPv6, and whether anybody may be reached there. */

/** Most characters of an IPv6 address, its last 4 bytes written as IPv4. */
const MAX_IP_LENGTH = 45;

function v4Bytes(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined;
  return parts.map(Number);
}

/** Groups of one side of `::`, as bytes; the last group of an address may be IPv4. */
function groupBytes(side: string, isLast: boolean): number[] | undefined {
  if (side === '') return [];
  const bytes: number[] = [];
  const groups = side.split(':');
  for (const [i, group] of groups.entries()) {
    const v4 = isLast && i === groups.length - 1 ? v4Bytes(group) : undefined;
    if (v4) bytes.push(...v4);
    else if (/^[\da-f]{1,4}$/i.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255);
    else return undefined;
  }
  return bytes;
}

/** Bytes of an address as it is written; IPv4 inside of IPv6 (`::ffff:192.0.2.1`) as IPv4; undefined for what is none. */
export function ipBytes(text: string): readonly number[] | undefined {
  if (text.length > MAX_IP_LENGTH) return undefined;
  const v4 = v4Bytes(text);
  if (v4) return v4;
  const sides = text.split('::');
  if (sides.length > 2) return undefined;
  const [head, tail] = [groupBytes(sides[0]!, sides.length === 1), groupBytes(sides[1] ?? '', true)];
  if (!head || !tail) return undefined;
  const missing = 16 - head.length - tail.length;
  if (sides.length === 1 ? missing !== 0 : missing < 2) return undefined;
  const bytes = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return isMapped ? bytes.slice(12) : bytes;
}

/** IANA's special-purpose registries: first bytes, and how many bits of them count. */
const SPECIAL_V4: readonly (readonly [readonly number[], number])[] = [
  [[0], 8],
  [[10], 8],
  [[100, 64], 10],
  [[127], 8],
  [[169, 254], 16],
  [[172, 16], 12],
  [[192, 0, 0], 24],
  [[192, 0, 2], 24],
  [[192, 88, 99], 24],
  [[192, 168], 16],
  [[198, 18], 15],
  [[198, 51, 100], 24],
  [[203, 0, 113], 24],
  [[224], 3],
];
/** All of IPv6 that is global unicast today, and what inside of it is none or carries IPv4 (Teredo, 6to4, documentation). */
const GLOBAL_V6 = [[0x20], 3] as const;
const SPECIAL_V6: readonly (readonly [readonly number[], number])[] = [
  [[0x20, 0x01, 0x00], 23],
  [[0x20, 0x01, 0x0d, 0xb8], 32],
  [[0x20, 0x02], 16],
  [[0x3f, 0xff, 0x00], 20],
];

function begins(bytes: readonly number[], [prefix, bits]: readonly [readonly number[], number]): boolean {
  for (let at = 0; at * 8 < bits; at += 1) {
    const shift = Math.max(0, 8 - (bits - at * 8));
    if (bytes[at]! >> shift !== (prefix[at] ?? 0) >> shift) return false;
  }
  return true;
}

/** Whether an address is anybody's on the internet: not this machine, not this network, no link's, no metadata service, no documentation's. */
export function isPublicIp(bytes: readonly number[]): boolean {
  if (bytes.length === 4) return !SPECIAL_V4.some((range) => begins(bytes, range));
  return begins(bytes, GLOBAL_V6) && !SPECIAL_V6.some((range) => begins(bytes, range));
}
