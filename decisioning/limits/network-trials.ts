/**
 * Which trials of each network and day a campaign learns from, as a place counts them that all isolates tell: the first so many are admitted, and whatever is
 * told of one later meets the same verdict for as long as its day is remembered.
 */

/** Names that networks have on one day: 20 bits of a keyed hash, so that some sixteen /24 share one, and of IPv6 any number. */
export const NETWORK_NAMES = 2 ** 20;
/** Most trials of a network and day that anybody may ask for: beyond it there is no bound worth the name, and the count of an entry has 11 bits. */
export const MAX_NETWORK_TRIALS = 1_000;
/**
 * Numbers that one day holds: some 25,000 networks with their trials, 200 kB on disk and 6 MB in memory. Beyond, whoever was heard of longest ago begins anew, and
 * so never teaches more than 4 in so many trials.
 */
export const MAX_DAY_NUMBERS = 50_000;
/** What is left when it is full: a tenth goes at once, since networks that were refused a trial are passed over. */
const LEFT_DAY_NUMBERS = 45_000;
/** Days in memory: yesterday's and today's are asked for all the time, earlier ones when a trial's outcome comes late. */
const MAX_HELD_DAYS = 4;
/** Trials are told of within it, after a weekend without a shard, too: then a network that was refused nothing is forgotten. */
export const WHOLE_DAYS = 5;

/** What events of a page's trial say of where it comes from. */
export type TrialMark = readonly [
  /** UTC days since the epoch × {@link NETWORK_NAMES} + the network's name of that day. */
  network: number,
  /** 32 bits of the trial's decision. */
  trial: number,
  /** Trials of a network and day that are learned from, 1 to {@link MAX_NETWORK_TRIALS}. */
  most: number,
];

/** What a verdict changed: a trial that was admitted, or that a network was refused one. */
export type Verdict = readonly [network: number, trial?: number];

/** One network on one day. */
interface Entry {
  readonly admitted: readonly number[];
  /** It was refused a trial: those that were admitted must be told from others for as long as outcomes come. */
  readonly isOver: boolean;
}

interface Day {
  /** By name, whoever was heard of longest ago first. */
  readonly entries: Map<number, Entry>;
  numbers: number;
  isChanged: boolean;
}

/** UTC days since the epoch of a network's name. */
export const dayOfNetwork = (network: number): number => Math.floor(network / NETWORK_NAMES);

export class NetworkTrials {
  readonly #load: (day: number) => Uint32Array | undefined;
  readonly #days = new Map<number, Day>();
  #verdicts: Verdict[] = [];

  /** @param load what {@link changed} gave of a day, as far as it is stored */
  constructor(load: (day: number) => Uint32Array | undefined) {
    this.#load = load;
  }

  /** Whether what is told of a trial is learned from. @param takesPlace where there is room for it; else it is learned from, and not known later */
  admits([network, trial, most]: TrialMark, takesPlace: boolean): boolean {
    const { entries } = this.#day(dayOfNetwork(network));
    const name = network % NETWORK_NAMES;
    const entry = entries.get(name);
    if (entry) {
      // To the young end: who never pauses is never forgotten.
      entries.delete(name);
      entries.set(name, entry);
      if (entry.admitted.includes(trial)) return true;
    }
    const isFull = entry !== undefined && entry.admitted.length >= most;
    if (isFull ? !entry.isOver : takesPlace) this.#verdicts.push(this.#note(isFull ? [network] : [network, trial]));
    return !isFull;
  }

  /** What was changed since this was asked last. */
  taken(): readonly Verdict[] {
    const verdicts = this.#verdicts;
    this.#verdicts = [];
    return verdicts;
  }

  /** Does again what {@link taken} told. */
  repeat(verdicts: readonly Verdict[]): void {
    for (const verdict of verdicts) this.#note(verdict);
  }

  /** Days that changed since this was asked last, packed: to be stored, or this object dropped. */
  *changed(): Iterable<readonly [day: number, packed: Uint32Array]> {
    for (const [day, held] of this.#days) {
      if (held.isChanged) yield [day, packed(held.entries)];
      held.isChanged = false;
    }
  }

  #note(verdict: Verdict): Verdict {
    const [network, trial] = verdict;
    const day = this.#day(dayOfNetwork(network));
    const name = network % NETWORK_NAMES;
    const known = day.entries.get(name);
    const { admitted, isOver } = known ?? { admitted: [], isOver: false };
    const isNew = trial !== undefined && !admitted.includes(trial) && admitted.length < MAX_NETWORK_TRIALS;
    day.numbers += (known ? 0 : 1) + (isNew ? 1 : 0);
    day.entries.set(name, {
      admitted: isNew ? [...admitted, trial] : admitted,
      isOver: isOver || trial === undefined,
    });
    day.isChanged = true;
    if (day.numbers > MAX_DAY_NUMBERS) thin(day, name);
    return verdict;
  }

  #day(day: number): Day {
    const held = this.#days.get(day);
    if (held) return held;
    this.#makeRoom();
    const stored = this.#load(day);
    const read = { entries: stored ? unpacked(stored) : new Map(), numbers: stored?.length ?? 0, isChanged: false };
    this.#days.set(day, read);
    return read;
  }

  /** Lets go of the earliest day that is stored as it is. */
  #makeRoom(): void {
    if (this.#days.size < MAX_HELD_DAYS) return;
    const stored = [...this.#days].filter(([, { isChanged }]) => !isChanged).map(([day]) => day);
    if (stored.length > 0) this.#days.delete(Math.min(...stored));
  }
}

/** Whoever was heard of longest ago goes, first of those that were refused nothing: what comes of a trial that was refused must find its verdict. @param kept the name that room is made for */
function thin(day: Day, kept: number): void {
  for (const isOver of [false, true])
    for (const [name, entry] of day.entries) {
      if (day.numbers <= LEFT_DAY_NUMBERS) return;
      if (entry.isOver !== isOver || name === kept) continue;
      day.entries.delete(name);
      day.numbers -= 1 + entry.admitted.length;
    }
}

/** What is left of a day once its trials have been told, {@link WHOLE_DAYS} later: networks that were refused one. */
export function remains(stored: Uint32Array): Uint32Array {
  return packed([...unpacked(stored)].filter(([, { isOver }]) => isOver));
}

/** An entry's head: 20 bits of its name, one for `isOver`, 11 for how many trials follow. */
const OVER_BIT = 20;
const COUNT_BIT = 21;

function packed(entries: Iterable<readonly [number, Entry]>): Uint32Array {
  const numbers: number[] = [];
  for (const [name, { admitted, isOver }] of entries)
    numbers.push(name | ((isOver ? 1 : 0) << OVER_BIT) | (admitted.length << COUNT_BIT), ...admitted);
  return Uint32Array.from(numbers);
}

function unpacked(numbers: Uint32Array): Map<number, Entry> {
  const entries = new Map<number, Entry>();
  for (let at = 0; at < numbers.length; ) {
    const head = numbers[at] as number;
    const until = at + 1 + (head >>> COUNT_BIT);
    const isOver = ((head >>> OVER_BIT) & 1) === 1;
    entries.set(head % NETWORK_NAMES, { admitted: [...numbers.subarray(at + 1, until)], isOver });
    at = until;
  }
  return entries;
}
