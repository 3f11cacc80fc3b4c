/** What `--json FILE` writes, of every command that measures: one flat object of numbers, by names with dots. */
import { writeFileSync } from 'node:fs';

/** Digits behind the point that are kept: of microseconds and of ratios more would be noise. */
const DIGITS = 3;

/** The text of it; what could not be measured (no number, or an infinite one) is left out. */
export function figuresText(figures: Readonly<Record<string, number>>): string {
  const finite = Object.entries(figures).filter(([, value]) => Number.isFinite(value));
  return `${JSON.stringify(Object.fromEntries(finite.map(([id, value]) => [id, Number(value.toFixed(DIGITS))])), null, 2)}\n`;
}

/** Writes them; nothing where no file was asked for. */
export function writeFigures(file: string | undefined, figures: Readonly<Record<string, number>>): void {
  if (file !== undefined) writeFileSync(file, figuresText(figures));
}
