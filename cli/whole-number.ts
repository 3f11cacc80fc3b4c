/** Options that are counts. */
import { usageFailure } from './failure.ts';

/** The whole number that an option was given; anything else, or one out of range (both ends included), is a wrong call that names the option. */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw usageFailure(`${name} "${text}" is not a whole number from ${min} to ${max}`);
  return value;
}
