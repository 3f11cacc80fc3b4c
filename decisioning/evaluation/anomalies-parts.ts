/** Which parts of a campaign's feedback are judged alone and which together, and how many conversions their trials should bring. */
import { ALL_PART, type Arrived, type ArrivedByPart, nothingArrived, partKind } from './anomalies-counts.ts';

/** Parts of one kind that are judged alone, those with the most trials: every further one costs power, and time. */
const MAX_JUDGED_PARTS = 32;
/** Of the others those whose share of the conversions grew most within a day: what a machine lifts is among them, however many there are. */
const MAX_GROWN_PARTS = 8;
/** A part that was never seen converting is compared with one conversion: of nothing everything is infinitely more. */
const LEAST_EXPECTED = 1;
/** Trials of arms whose rates are known, and what they should bring by these rates: how good the mix of arms is that was shown. */
const MIX_SHOWN = 'mix:shown';
const MIX_EXPECTED = 'mix:expected';

/** Trials by part, as they weigh in one hour. */
export type Weighed = Readonly<Record<string, number>>;

/** What is judged of a campaign. */
export interface ChosenParts {
  /** Where every known part counts. */
  readonly places: ReadonlyMap<string, Place>;
  /** All that is judged: parts that are judged alone, and of each kind that has more the others together. */
  readonly judged: readonly string[];
  /** Parts that are not judged alone: as many could have been picked for having grown. */
  readonly passedOver: number;
  /** Conversions per trial of all arms. */
  readonly overall: number;
}

interface Place {
  /** The part itself, or {@link othersOf} its kind. */
  readonly part: string;
  /** Of arms: conversions per trial; absent before it was shown. */
  readonly rate?: number;
}

/** An hour as it is judged. */
export interface JudgedHour {
  readonly parts: ArrivedByPart;
  readonly trials: Weighed;
}

/** The parts of a kind that are not judged alone, together; `*` is in no id. */
function othersOf(kind: string): string {
  return `${kind}:*`;
}

type Sums = { -readonly [K in keyof Arrived]: number };

function addTo(sums: Sums, own: Arrived): void {
  sums.exposures += own.exposures;
  sums.trials += own.trials;
  sums.conversions += own.conversions;
  sums.revenueMinor += own.revenueMinor;
}

/** Sums over hours, part by part. */
export function summedByPart(hours: readonly { readonly parts: ArrivedByPart }[]): ReadonlyMap<string, Arrived> {
  const byPart = new Map<string, Sums>();
  for (const { parts } of hours)
    for (const part of Object.keys(parts)) {
      const sums = byPart.get(part);
      if (sums) addTo(sums, parts[part]!);
      else byPart.set(part, { ...parts[part]! });
    }
  return byPart;
}

/**
 * Chooses what is judged.
 *
 * @param before what usual hours brought
 * @param lately what the last day brought
 */
export function choosePartsOf(before: ReadonlyMap<string, Arrived>, lately: ReadonlyMap<string, Arrived>): ChosenParts {
  const all = before.get(ALL_PART);
  const latelyAll = lately.get(ALL_PART);
  const byKind = new Map<string, [string, Arrived][]>();
  for (const entry of before) {
    const kind = partKind(entry[0]);
    const own = byKind.get(kind);
    if (own) own.push(entry);
    else byKind.set(kind, [entry]);
  }
  const growth = all && latelyAll ? latelyAll.conversions / Math.max(all.conversions, 1) : 0;
  const places = new Map<string, Place>();
  const judged: string[] = [];
  let passedOver = 0;
  for (const [kind, entries] of byKind) {
    entries.sort(([a, m], [b, n]) => n.trials - m.trials || (a < b ? -1 : 1));
    const rest = entries.slice(MAX_JUDGED_PARTS);
    const grown = mostGrown(rest, lately, growth);
    passedOver += rest.length - grown.size;
    for (const [i, [part, own]] of entries.entries()) {
      const alone = i < MAX_JUDGED_PARTS || grown.has(part);
      if (alone) judged.push(part);
      const rate = kind === 'arm' && own.trials > 0 ? { rate: own.conversions / own.trials } : {};
      places.set(part, { part: alone ? part : othersOf(kind), ...rate });
    }
    if (rest.length > grown.size) judged.push(othersOf(kind));
  }
  return { places, judged, passedOver, overall: all ? all.conversions / Math.max(all.trials, 1) : 0 };
}

/** Those whose conversions exceed their share of before by the most deviations. */
function mostGrown(
  rest: readonly (readonly [string, Arrived])[],
  lately: ReadonlyMap<string, Arrived>,
  growth: number,
): ReadonlySet<string> {
  const scored = rest.map(([part, { conversions }]) => {
    const expected = Math.max(conversions, LEAST_EXPECTED) * growth;
    const more = (lately.get(part)?.conversions ?? 0) - expected;
    return { part, score: more > 0 ? more / Math.sqrt(expected) : 0 };
  });
  scored.sort((a, b) => b.score - a.score);
  return new Set(
    scored
      .slice(0, MAX_GROWN_PARTS)
      .filter(({ score }) => score > 0)
      .map(({ part }) => part),
  );
}

/** What of an hour is judged. */
export function judgedHour({ places, overall }: ChosenParts, parts: ArrivedByPart): JudgedHour {
  const seen: Record<string, Arrived> = {};
  const trials: Record<string, number> = {};
  const others = new Map<string, Sums & { weight: number }>();
  let [shown, expected] = [0, 0];
  for (const part of Object.keys(parts)) {
    const own = parts[part]!;
    const place = places.get(part);
    const rate = place?.rate;
    if (rate !== undefined) {
      shown += own.trials;
      expected += own.trials * rate;
    }
    if (place?.part === part) {
      seen[part] = own;
      trials[part] = own.trials;
      continue;
    }
    const name = place?.part ?? othersOf(partKind(part));
    const sums = others.get(name) ?? { ...nothingArrived, weight: 0 };
    others.set(name, sums);
    addTo(sums, own);
    // Others among the arms are a mix, too, whose good ones are shown more and more.
    sums.weight += rate !== undefined && overall > 0 ? (own.trials * rate) / overall : own.trials;
  }
  for (const [name, { weight, ...sums }] of others) {
    seen[name] = sums;
    trials[name] = weight;
  }
  trials[MIX_SHOWN] = shown;
  trials[MIX_EXPECTED] = expected;
  return { parts: seen, trials };
}

/**
 * What a part's conversions are in proportion to: its trials, for all but arms weighed by the rates of the arms that were shown. Arms differ, and what
 * is learned shifts trials among them: that is no change of anybody's rate.
 */
export function expectedBase({ overall }: ChosenParts, part: string, weighed: Weighed): number {
  const own = weighed[part] ?? 0;
  if (partKind(part) === 'arm' || !(overall > 0)) return own;
  const [shown, expected] = [weighed[MIX_SHOWN] ?? 0, weighed[MIX_EXPECTED] ?? 0];
  return shown > 0 && expected > 0 ? (own * expected) / shown / overall : own;
}

/** Both together, part by part. */
export function addWeighed(a: Weighed, b: Weighed): Weighed {
  const sum: Record<string, number> = { ...a };
  for (const part of Object.keys(b)) sum[part] = (sum[part] ?? 0) + b[part]!;
  return sum;
}
