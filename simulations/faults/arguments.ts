/** What commands are told. */

/**
 * A whole number from a command line.
 *
 * @throws RangeError naming the option, when it is none or below `least`
 */
export function whole(option: string, text: string, least = 1): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < least)
    throw new RangeError(`--${option}: "${text}" is no whole number of ${least} or more`);
  return value;
}

/** Runs a command; what it was told wrong is said without a stack. @returns its exit code: 2 then */
export async function orUsage(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof TypeError && 'code' in error)) throw error;
    console.error(error.message);
    return 2;
  }
}
