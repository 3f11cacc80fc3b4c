/** An object's alarm, for objects that are woken for several reasons: the earliest one wins. */

export class Wake {
  readonly #storage: DurableObjectStorage;
  /** Undefined until it was looked up, null when none is set. */
  #atMs: number | null | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Sets the alarm unless it rings earlier anyway: a write only when something changes. */
  async by(atMs: number): Promise<void> {
    if (this.#atMs === undefined) await this.look();
    if (this.#atMs != null && this.#atMs <= atMs) return;
    this.#atMs = atMs;
    await this.#storage.setAlarm(atMs);
  }

  /** Whether the alarm was looked up: who asks first need not wait for it once more. */
  get isKnown(): boolean {
    return this.#atMs !== undefined;
  }

  /** Looks the alarm up. After it `by` sets an earlier one at once, before its first await: together with the write that was made just before. */
  async look(): Promise<void> {
    if (this.#atMs === undefined) this.#atMs = await this.#storage.getAlarm();
  }

  /** To be told first by the alarm handler: the alarm is spent. */
  rang(): void {
    this.#atMs = null;
  }
}
