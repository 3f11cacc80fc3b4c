/** How much a page's report may teach its campaign: of one network a few trials a day, and of one visitor no more than that, wherever they come from. */
import { Influence } from '../../decisioning/limits/influence.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { networkOf } from '../http/network.ts';
import { mac } from './mac.ts';

/**
 * Trials of one network, campaign and UTC day that are learned from. Eight that always convert, two networks' worth, move less than 5 points of a
 * day's traffic of a campaign with 1,000 trials an hour (`simulations/poisoning/day.test.ts`); most households have no more visitors.
 */
export const LEARNED_TRIALS_PER_NETWORK = 4;
/** Most that the variable of that name may ask for: beyond it there is no bound worth the name; 0 is none at all. */
const MAX_LEARNED_TRIALS_PER_NETWORK = 1_000;
const MS_PER_DAY = 86_400_000;

/** The bound of this deployment: {@link LEARNED_TRIALS_PER_NETWORK}, unless its variable of that name holds another whole number. */
export function learnedTrialsPerNetwork(env: object): number {
  const text = (env as { readonly LEARNED_TRIALS_PER_NETWORK?: unknown }).LEARNED_TRIALS_PER_NETWORK;
  const told = text === undefined || String(text).trim() === '' ? Number.NaN : Number(text);
  return Number.isInteger(told) && told >= 0 && told <= MAX_LEARNED_TRIALS_PER_NETWORK
    ? told
    : LEARNED_TRIALS_PER_NETWORK;
}

/** This isolate's counts. The salt ends with its day, and with the isolate: nobody can tell which networks they were of. */
let counts:
  | { readonly day: number; readonly most: number; readonly salt: string; readonly influence: Influence }
  | undefined;

/** Never of a day before: a request that began yesterday, its body still arriving, counts today. It empties nothing. */
function countsOf(day: number, most: number) {
  if (!counts || counts.day < day || counts.most !== most)
    counts = { day, most, salt: crypto.randomUUID(), influence: new Influence(most) };
  return counts;
}

/** Forgets who has taught what, as a new isolate would have it. */
export function forgetInfluence(): void {
  counts = undefined;
}

/** What an event is told with, as the customer's object takes it. */
interface Bound {
  readonly untaught?: true;
  readonly mostTrials?: number;
}

const UNBOUND: Bound = {};
const UNTAUGHT: Bound = { untaught: true };

/**
 * What a request's network may teach, and its visitor, whose object counts: asked of each decision that it reports of. Requests of no network, as of servers,
 * are not bounded.
 */
export async function influenceOf(
  env: object,
  request: Pick<Request, 'headers'>,
  nowMs: number,
): Promise<(record: Pick<DecisionRecord, 'workspaceId' | 'campaignId' | 'customer' | 'periodKey'>) => Bound> {
  const network = networkOf(request);
  const mostTrials = learnedTrialsPerNetwork(env);
  if (network === undefined || mostTrials === 0) return () => UNBOUND;
  const { day, salt, influence } = countsOf(Math.floor(nowMs / MS_PER_DAY), mostTrials);
  const hashed = mac(salt, 'network', network);
  // An isolate serves many workspaces, and each names its campaigns as it likes.
  return ({ workspaceId, campaignId, customer, periodKey }) =>
    influence.admits(day, hashed, `${workspaceId}\n${campaignId}`, `${customer}\n${periodKey}`)
      ? { mostTrials }
      : UNTAUGHT;
}
