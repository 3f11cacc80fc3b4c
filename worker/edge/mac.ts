/** Message authentication codes as text, and their comparison. */
import { base64Url, hmac } from '../../durable-objects/shared/naming.ts';

/** 128 bits: a guess succeeds once in 10^38 tries. */
const MAC_BYTES = 16;

/** HMAC-SHA256 of unambiguously joined parts, cut to 128 bits: 22 characters of base64url. */
export async function mac(secret: string, ...parts: readonly string[]): Promise<string> {
  return base64Url((await hmac(secret, ...parts)).subarray(0, MAC_BYTES));
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
