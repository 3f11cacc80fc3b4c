/** Pieces of a card's text. */

export function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** Whole numbers with commas, as the guides write them. */
export function number(value: number): string {
  return value.toLocaleString('en');
}

/** Paragraphs and sections, with one empty line between them. */
export function paragraphs(parts: readonly string[]): string {
  return `${parts.join('\n\n').trimEnd()}\n`;
}
