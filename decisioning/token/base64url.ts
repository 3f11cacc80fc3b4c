/** Base64url without padding for ASCII text, in the ES library alone (RFC 4648, section 5). */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Map([...ALPHABET].map((char, value) => [char, value]));

/** Encodes text of code units 0 to 127; throws RangeError on any other. */
export function encodeBase64Url(ascii: string): string {
  let out = '';
  for (let at = 0; at < ascii.length; at += 3) {
    const rest = Math.min(3, ascii.length - at);
    let bits = 0;
    for (let i = 0; i < 3; i++) {
      const code = i < rest ? ascii.charCodeAt(at + i) : 0;
      if (code > 127) throw new RangeError('only ASCII can be encoded');
      bits = (bits << 8) | code;
    }
    for (let i = 0; i <= rest; i++) out += ALPHABET[(bits >> (18 - 6 * i)) & 63];
  }
  return out;
}

/** Decodes; undefined when the text is not base64url of ASCII, or not the one canonical spelling of it. */
export function decodeBase64Url(text: string): string | undefined {
  let out = '';
  for (let at = 0; at < text.length; at += 4) {
    const chunk = text.slice(at, at + 4);
    if (chunk.length === 1) return undefined;
    let bits = 0;
    for (let i = 0; i < 4; i++) {
      const value = i < chunk.length ? VALUES.get(chunk[i] as string) : 0;
      if (value === undefined) return undefined;
      bits = (bits << 6) | value;
    }
    for (let i = 0; i < chunk.length - 1; i++) {
      const code = (bits >> (16 - 8 * i)) & 255;
      if (code > 127) return undefined;
      out += String.fromCharCode(code);
    }
  }
  return encodeBase64Url(out) === text ? out : undefined;
}
