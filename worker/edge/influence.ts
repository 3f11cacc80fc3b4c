/** How much a page's report may teach its campaign: of one network a few trials a day, and of one visitor no more than that, wherever they come from. */
import { Influence } from '../../decisioning/limits/influence.ts';
import { MAX_NETWORK_TRIALS, NETWORK_NAMES } from '../../decisioning/limits/network-trials.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { hmacHalves } from '../../durable-objects/shared/naming.ts';
import { networkOf } from '../http/network.ts';

/**
 * Trials of one network, campaign and UTC day that are learned from. Eight that always convert, two networks' worth, move less than 5 points of a
 * day's traffic of a campaign with 1,000 trials an hour (`simulations/poisoning/day.test.ts`); most households have no more visitors.
 */
export const LEARNED_TRIALS_PER_NETWORK = 4;
const MS_PER_DAY = 86_400_000;

/** The bound of this deployment: {@link LEARNED_TRIALS_PER_NETWORK}, unless its variable of that name holds another whole number; 0 is none at all. */
export function learnedTrialsPerNetwork(env: object): number {
  const text = (env as { readonly LEARNED_TRIALS_PER_NETWORK?: unknown }).LEARNED_TRIALS_PER_NETWORK;
  const told = text === undefined || String(text).trim() === '' ? Number.NaN : Number(text);
  return Number.isInteger(told) && told >= 0 && told <= MAX_NETWORK_TRIALS ? told : LEARNED_TRIALS_PER_NETWORK;
}

/** This isolate's counts. */
let counts: { readonly day: number; readonly most: number; readonly influence: Influence } | undefined;

/** Never of a day before: a request that began yesterday, its body still arriving, counts today. It empties nothing. */
function countsOf(day: number, most: number) {
  if (!counts || counts.day < day || counts.most !== most) counts = { day, most, influence: new Influence(most) };
  return counts;
}

/** Forgets who has taught what, as a new isolate would have it. */
export function forgetInfluence(): void {
  counts = undefined;
}

/** What names are made with. */
interface Naming {
  readonly NAMING_SECRET: string;
}

/** What an event is told with, as the customer's object takes it. */
interface Bound {
  readonly untaught?: true;
  readonly mostTrials?: number;
  readonly network?: number;
}

const UNBOUND: Bound = {};
const UNTAUGHT: Bound = { untaught: true };

/**
 * A network on a day, as `TrialMark` has it: 20 bits of a hash with the deployment's secret. Some sixteen /24 share one, other ones each day and in each
 * workspace, so that nobody's address can be looked up in it, and honest ones that share one are few.
 */
function networkOn({ NAMING_SECRET }: Naming, workspaceId: string, day: number, network: string): number {
  const { hex } = hmacHalves(NAMING_SECRET, workspaceId, 'network', String(day), network);
  return day * NETWORK_NAMES + (Number.parseInt(hex.slice(0, 8), 16) % NETWORK_NAMES);
}

/**
 * What a request's network may teach, and its visitor, whose object counts: asked of each decision that it reports of. This isolate counts first, the
 * campaign's shard for all of them. Requests of no network, as of servers, are not bounded.
 */
export function influenceOf(
  env: Naming,
  request: Pick<Request, 'headers'>,
  workspaceId: string,
  nowMs: number,
): (record: Pick<DecisionRecord, 'campaignId' | 'customer' | 'periodKey'>) => Bound {
  const address = networkOf(request);
  const mostTrials = learnedTrialsPerNetwork(env);
  if (address === undefined || mostTrials === 0) return () => UNBOUND;
  const { day, influence } = countsOf(Math.floor(nowMs / MS_PER_DAY), mostTrials);
  const network = networkOn(env, workspaceId, day, address);
  // An isolate serves many workspaces, and each names its campaigns as it likes.
  return ({ campaignId, customer, periodKey }) =>
    influence.admits(day, String(network), `${workspaceId}\n${campaignId}`, `${customer}\n${periodKey}`)
      ? { mostTrials, network }
      : UNTAUGHT;
}
