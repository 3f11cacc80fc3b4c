/** How far a runtime has come with its migrations, by what it says. */
import { BEGUN, ENDED } from '../../workerd/migrations/signals.ts';

/** Migrations that have begun and that are over; what was said before a kill is heard after it too. */
export class Progress {
  started = 0;
  ended = 0;
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  heard(line: string): void {
    if (line === BEGUN) this.started += 1;
    if (line === ENDED) this.ended += 1;
    for (const { count, resolve } of this.#waiting) if (this.started >= count) resolve();
    this.#waiting = this.#waiting.filter(({ count }) => this.started < count);
  }

  /** When so many have begun. */
  begun(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ count, resolve });
      this.heard('');
    });
  }
}
