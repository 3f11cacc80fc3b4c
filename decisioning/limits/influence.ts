/**
 * How much one network may teach a campaign in a day. Ids of visitors are free, so a bound on visitors alone bounds nobody; addresses are not.
 * Which trials count is settled at a sticky period's first exposure and stays for all of it: who is left out is so with what they buy later.
 */

/** Networks and campaigns that are counted at a time: some hundred bytes each; beyond, the one that asked longest ago begins anew. */
export const MAX_INFLUENCES = 20_000;

/** Who has taught what today. One isolate's: plain counts, gone with the day. */
export class Influence {
  readonly #mostTrials: number;
  #day = -1;
  /** Trials by network and campaign. */
  readonly #taught = new Map<string, Set<string>>();

  /** @param mostTrials of one network, campaign and day; 0 bounds nothing */
  constructor(mostTrials: number) {
    this.#mostTrials = mostTrials;
  }

  /**
   * Whether a trial may be learned from. One that was admitted stays so: exposure, goals and repeats of it are told the same.
   *
   * @param day whole days since the epoch; one that is over counts as the latest that was asked of @param network any text that tells networks apart @param trial names customer and sticky period
   */
  admits(day: number, network: string, campaign: string, trial: string): boolean {
    if (this.#mostTrials === 0) return true;
    // Never back: one that began yesterday and arrives today counts today.
    if (day > this.#day) {
      this.#day = day;
      this.#taught.clear();
    }
    const name = `${network}\n${campaign}`;
    const taught = this.#taught.get(name) ?? this.#begin();
    // To the young end: who never pauses is never forgotten.
    this.#taught.delete(name);
    this.#taught.set(name, taught);
    if (taught.has(trial)) return true;
    if (taught.size >= this.#mostTrials) return false;
    taught.add(trial);
    return true;
  }

  /** How many networks and campaigns are counted. */
  get size(): number {
    return this.#taught.size;
  }

  #begin(): Set<string> {
    const oldest = this.#taught.size >= MAX_INFLUENCES ? this.#taught.keys().next() : undefined;
    if (oldest && !oldest.done) this.#taught.delete(oldest.value);
    return new Set<string>();
  }
}
