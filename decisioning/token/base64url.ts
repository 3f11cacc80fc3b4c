/** Base64url without padding for ASCII text, in the ES library alone (RFC 4648, section 5). */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Two characters of each 12 bits: a token has some hundred characters, and is made for every decision. */
const PAIRS = Array.from({ length: 4_096 }, (_, bits) => `${ALPHABET[bits >> 6]}${ALPHABET[bits & 63]}`);
/** Six bits of each code unit; -1 where it is none of the alphabet. */
const VALUES = Int8Array.from({ length: 128 }, (_, code) => ALPHABET.indexOf(String.fromCharCode(code)));

/** Encodes text of code units 0 to 127; throws RangeError on any other. */
export function encodeBase64Url(ascii: string): string {
  let out = '';
  let all = 0;
  const whole = ascii.length - (ascii.length % 3);
  for (let at = 0; at < whole; at += 3) {
    const [a, b, c] = [ascii.charCodeAt(at), ascii.charCodeAt(at + 1), ascii.charCodeAt(at + 2)];
    all |= a | b | c;
    out += (PAIRS[(a << 4) | (b >> 4)] as string) + (PAIRS[((b & 15) << 8) | c] as string);
  }
  const rest = ascii.length - whole;
  if (rest > 0) {
    const a = ascii.charCodeAt(whole);
    const b = rest > 1 ? ascii.charCodeAt(whole + 1) : 0;
    all |= a | b;
    out += PAIRS[(a << 4) | (b >> 4)] as string;
    if (rest > 1) out += ALPHABET[(b & 15) << 2] as string;
  }
  if (all > 127) throw new RangeError('only ASCII can be encoded');
  return out;
}

/** Decodes; undefined when the text is not base64url of ASCII, or not the one canonical spelling of it. */
export function decodeBase64Url(text: string): string | undefined {
  const rest = text.length % 4;
  if (rest === 1) return undefined;
  const valueAt = (at: number): number => VALUES[text.charCodeAt(at)] ?? -1;
  let out = '';
  let all = 0;
  for (let at = 0; at < text.length - rest; at += 4) {
    const bits = (valueAt(at) << 18) | (valueAt(at + 1) << 12) | (valueAt(at + 2) << 6) | valueAt(at + 3);
    all |= bits | (bits & 0x808080 ? -1 : 0);
    out += String.fromCharCode((bits >> 16) & 255, (bits >> 8) & 255, bits & 255);
  }
  if (rest > 0) {
    const at = text.length - rest;
    const bits = (valueAt(at) << 12) | (valueAt(at + 1) << 6) | (rest > 2 ? valueAt(at + 2) : 0);
    // What the last character has left over is 0 in the canonical spelling.
    const isCanonical = (bits & (rest > 2 ? 0b11 : 0b1111_111111)) === 0;
    all |= bits | (bits & 0x20200 || !isCanonical ? -1 : 0);
    out += String.fromCharCode(...(rest > 2 ? [bits >> 10, (bits >> 2) & 255] : [bits >> 10]));
  }
  return all < 0 ? undefined : out;
}
