/** Message authentication codes as text, and their comparison. */
import { hmacText } from '../../durable-objects/shared/naming.ts';

/** HMAC-SHA256 of unambiguously joined parts, cut to 128 bits: 22 characters of base64url. A guess succeeds once in 10^38 tries. */
export function mac(secret: string, ...parts: readonly string[]): string {
  return hmacText(secret, ...parts);
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
