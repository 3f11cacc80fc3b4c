/** A string as an SQL literal: quotes doubled. Throws on NUL, which no literal can carry. */
export function sqlText(text: string): string {
  if (text.includes('\0')) throw new RangeError('SQL text cannot hold a NUL character');
  return `'${text.replaceAll("'", "''")}'`;
}
