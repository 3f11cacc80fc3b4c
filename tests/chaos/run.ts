/** Kills a runtime under load, again and again, and then holds what it counted against what it had promised. */
import { Account, type Promised } from './account.ts';
import { type Budget, Client, type Visit } from './client.ts';
import { CAP, CAPPED, CARELESS, COST_MINOR, documents, PAID, POOL_MINOR, STUBBORN } from './configuration.ts';
import { Machine } from './machine.ts';

export interface KillOptions {
  /** The project's folder. */
  readonly root: string;
  /** An empty folder for the runtime's state. */
  readonly stateDir: string;
  readonly kills: number;
  /** Acknowledged events at least. */
  readonly events: number;
  /** Visits under way at a time. */
  readonly parallel: number;
  readonly seed: number;
  /** For how long the statistics must stand still: longer than the outboxes' alarm waits. */
  readonly stillMs: number;
  readonly progress?: (line: string) => void;
}

export interface KillReport {
  readonly kills: number;
  readonly acknowledged: number;
  readonly repeated: number;
  /** Sent and never acknowledged: of careless clients alone. */
  readonly unknown: number;
  /** The most decisions of the campaign with a cap that a customer was told. */
  readonly mostGranted: number;
  readonly cap: number;
  /** What the pool paid, in minor units: the price of every contact that was seen. */
  readonly postedMinor: number;
  /** How long the statistics took to settle after the last event, milliseconds. */
  readonly settledMs: number;
  /** What is wrong; nothing when all is well. */
  readonly findings: readonly string[];
}

/** Longest pause between reaching a kill's share of the events and the kill itself: it must hit anything, not only the same moment. */
const MAX_PAUSE_MS = 500;
/** Customers of a run: few enough that each comes back again and again. */
const CUSTOMERS = 240;
/** Alarms come back after at most a minute of back-off; twice that and the load of the machine. */
const MAX_SETTLE_MS = 180_000;
/** Between two looks at the statistics. */
const LOOK_MS = 500;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** mulberry32: uniform in [0, 1). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function visitOf(number: number, seed: number): Visit {
  const who = number % CUSTOMERS;
  const stubborn = who % 3 !== 0;
  const placements = [...(stubborn ? [...STUBBORN, PAID] : CARELESS), CAPPED];
  return { customer: `customer-${who}`, requestId: `run-${seed}-${number}`, placements, stubborn };
}

/** One whole run. The runtime is ended and its state removed, whatever happens. */
export async function killUnderLoad(options: KillOptions): Promise<KillReport> {
  const { kills, events, parallel, seed, progress = () => undefined } = options;
  const random = randomOf(seed);
  const account = new Account();
  const machine = await Machine.start(options.root, options.stateDir);
  try {
    const client = new Client(machine.url, machine.secretKey, account, random);
    await client.insist('POST', '/v1/push', { documents: documents() });
    let killed = 0;
    let next = 0;
    const visitors = Array.from({ length: parallel }, async () => {
      while (killed < kills || account.acknowledged < events) await client.visit(visitOf(next++, seed));
    });
    const killing = async (): Promise<void> => {
      for (; killed < kills; killed += 1) {
        while (account.acknowledged < ((killed + 1) * events) / (kills + 1)) await wait(10);
        await wait(random() * MAX_PAUSE_MS);
        machine.kill();
        await machine.restart();
        progress(`killed ${killed + 1} times, ${account.acknowledged} events acknowledged`);
      }
    };
    await Promise.all([killing(), ...visitors]);
    return { kills: killed, ...(await settle(client, account, options.stillMs)) };
  } finally {
    await machine.end();
  }
}

/** Waits until the statistics are what they will be, and tells what is wrong with them. */
async function settle(client: Client, account: Account, stillMs: number): Promise<Omit<KillReport, 'kills'>> {
  const startedMs = Date.now();
  const promised = new Map([...STUBBORN, ...CARELESS, CAPPED, PAID].map((id) => [id, account.promised(id)]));
  let findings: string[];
  let postedMinor = 0;
  let [lastFigures, sinceMs] = ['', startedMs];
  for (;;) {
    const figures: string[] = [];
    findings = [];
    for (const [campaign, promise] of promised) {
      const counted = await client.counted(campaign);
      figures.push(JSON.stringify(counted));
      findings.push(...compare(campaign, counted, promise));
    }
    const budget = await client.budget();
    figures.push(JSON.stringify(budget));
    findings.push(...checkMoney(budget, account.promised(PAID).least.exposures));
    postedMinor = budget.posted;
    const nowMs = Date.now();
    if (figures.join() !== lastFigures) [lastFigures, sinceMs] = [figures.join(), nowMs];
    // Right once is not enough: what comes twice may come later.
    if (nowMs - sinceMs >= stillMs && (findings.length === 0 || nowMs - startedMs >= MAX_SETTLE_MS)) break;
    if (nowMs - startedMs > 2 * MAX_SETTLE_MS) break;
    await wait(LOOK_MS);
  }
  const mostGranted = account.mostGranted();
  if (mostGranted > CAP) findings.push(`a customer was told ${mostGranted} decisions under a cap of ${CAP}`);
  const unknown = [...promised.values()].reduce((sum, { least, most }) => sum + gap(most) - gap(least), 0);
  const { acknowledged, repeated } = account;
  return {
    acknowledged,
    repeated,
    unknown,
    mostGranted,
    cap: CAP,
    postedMinor,
    settledMs: sinceMs - startedMs,
    findings,
  };
}

/** What is wrong with the pool: everything that was seen is paid, once, and nothing else. */
function checkMoney(budget: Budget, seen: number): string[] {
  const { total, posted, pending, leased, remaining } = budget;
  const findings: string[] = [];
  if (posted + pending + leased + remaining !== total || total !== POOL_MINOR)
    findings.push(`the pool does not add up: ${JSON.stringify(budget)}`);
  if (posted !== seen * COST_MINOR)
    findings.push(`the pool paid ${posted}, ${seen} contacts were seen at ${COST_MINOR}`);
  return findings;
}

const gap = ({ exposures, conversions }: Promised['least']): number => exposures + conversions;

/** What is wrong with a campaign's figures. */
function compare(
  campaign: string,
  counted: { readonly exposures: number; readonly trials: number; readonly conversions: number },
  { least, most }: Promised,
): string[] {
  const rows = [
    ['exposures', counted.exposures, least.exposures, most.exposures],
    ['trials', counted.trials, least.exposures, most.exposures],
    ['conversions', counted.conversions, least.conversions, most.conversions],
  ] as const;
  return rows.flatMap(([name, value, from, to]) => {
    if (value < from) return [`${campaign}: ${value} ${name} counted, ${from} were acknowledged: lost`];
    return value > to ? [`${campaign}: ${value} ${name} counted, ${to} were sent: counted twice`] : [];
  });
}
