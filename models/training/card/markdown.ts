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

/** How to make the folder again: the last section of every card. @param golden what `golden.json` has a list of */
export function againSection(
  { id, seed }: { readonly id: string; readonly seed: number },
  { bytes, sha256 }: { readonly bytes: number; readonly sha256: string },
  golden = 'customers',
): string[] {
  return [
    '## The same again',
    `\`npm run train -- models/${id}/spec.yaml\` makes every file of this folder again, byte for byte, from seed ${seed}; with \`--check\` it compares instead of writing. ` +
      `The model is ${number(bytes)} bytes, SHA-256 \`${sha256}\`. \`golden.json\` has ${golden} with the row and the score that every host must give them.`,
  ];
}
