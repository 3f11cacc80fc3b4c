/** Statements of one change, held back until all of it is known: one goes alone, several go in one transaction, and none when the change fails. */
import type { Tables } from './tables.ts';

/** What statements are told to, when nobody waits for what they return. */
export interface Writer {
  exec(text: string, ...bindings: readonly SqlStorageValue[]): unknown;
}

export class Writes implements Writer {
  readonly #held: { readonly text: string; readonly bindings: readonly SqlStorageValue[] }[] = [];

  exec(text: string, ...bindings: readonly SqlStorageValue[]): void {
    this.#held.push({ text, bindings });
  }

  /** Tells storage everything, in order. A statement is whole or not at all by itself: it needs no transaction, which costs as much as it does. */
  flush(tables: Tables): void {
    const [first] = this.#held;
    if (first && this.#held.length === 1) tables.exec(first.text, ...first.bindings);
    else
      tables.transactionSync(() => {
        for (const { text, bindings } of this.#held) tables.exec(text, ...bindings);
      });
  }
}
