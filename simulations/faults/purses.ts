/** The wallets of one isolate: units for its calls, and what its ledgers are told, when. */
import type { Directory } from '../../decisioning/catalog/slice.ts';
import type { LedgerSpec } from '../../decisioning/limits/ledger-spec.ts';
import type { LeasedClaim, PurseEntry } from '../../decisioning/limits/purse.ts';
import type { Needed } from '../../decisioning/limits/purse-needs.ts';
import { Wallet, type WalletCall } from '../../decisioning/limits/wallet.ts';
import { budgetStub } from '../../durable-objects/shared/stub.ts';
import type { Cluster } from './cluster.ts';
import type { Host } from './host.ts';
import { WORKSPACE_ID } from './workspace.ts';

/** How often wallets are looked after behind a request; ever more rarely the longer none comes. */
const TEND_MS = 1_000;
const TEND_LONGEST_MS = 64_000;
/** A request waits so long for a first lease; the worker does for less. */
const LEASE_WAIT_MS = 100;

/** Whose wallets these are. */
export interface Owner {
  readonly host: Host;
  /** Runs something as the isolate's code. */
  readonly run: (work: () => void) => void;
  /** A step at which the isolate may be gone. */
  readonly step: (name: string) => Promise<void>;
}

interface Held {
  readonly wallet: Wallet;
  /** As the catalog had it last. */
  spec: LedgerSpec;
  revision: number;
}

export class Purses {
  readonly #cluster: Cluster;
  readonly #owner: Owner;
  readonly #held = new Map<string, Held>();
  /** ledger → lease that was asked for, and that no answer told of. */
  readonly #unheard = new Map<string, string>();
  #tending = false;
  #drawn = 0;

  constructor(cluster: Cluster, owner: Owner) {
    this.#cluster = cluster;
    this.#owner = owner;
  }

  /** Units for a call; leases are asked for where there are none. */
  async take(
    needed: ReadonlyMap<string, Needed>,
    directory: Directory,
    revision: number,
  ): Promise<readonly PurseEntry[]> {
    const { host } = this.#owner;
    for (const [ledger, need] of needed) {
      const spec = directory.ledgers?.[ledger];
      if (!spec) continue;
      const held = this.#held.get(ledger) ?? { wallet: new Wallet(ledger), spec, revision };
      Object.assign(held, { spec, revision });
      this.#held.set(ledger, held);
      const { wallet } = held;
      wallet.want(need, host.now());
      if (wallet.due(host.now(), need) !== 'lease') continue;
      const asked = this.#call(held, 'lease');
      if (wallet.lacks(need, host.now())) await Promise.race([asked, scheduler.wait(LEASE_WAIT_MS)]);
    }
    return [...needed].flatMap(([ledger, need]) => {
      const wallet = this.#held.get(ledger)?.wallet;
      return wallet?.take(wallet.fitting(need, host.now()), host.now()) ?? [];
    });
  }

  /** What became of the units of a call. */
  settle(purse: readonly PurseEntry[], claims: readonly LeasedClaim[], certain: boolean): void {
    for (const { wallet } of this.#held.values()) wallet.settle(purse, claims, certain);
    this.#tend();
  }

  /** Nothing more is taken; what is held goes back. */
  rest(): void {
    for (const { wallet } of this.#held.values()) wallet.rest();
    this.#tend();
  }

  /** One call to a ledger, with everything that is to be told. */
  async #call({ wallet, spec, revision }: Held, kind: 'lease' | 'report'): Promise<void> {
    const { host, step } = this.#owner;
    this.#drawn += 1;
    const call = wallet.open(host.now(), `${host.name} ${this.#drawn}`, kind);
    this.#asks(wallet.ledger, call);
    try {
      const stub = await budgetStub(this.#cluster.env, WORKSPACE_ID, wallet.ledger);
      const asked = stub.lease({ workspaceId: WORKSPACE_ID, spec, revision, holder: host.name, ...call });
      await step(`${kind} asked`);
      const reply = await asked;
      await step(`${kind} answered`);
      if (reply.outcome !== 'reported' && this.#unheard.get(wallet.ledger) === call.leaseId)
        this.#unheard.delete(wallet.ledger);
      wallet.heard(call, reply, host.now());
    } catch {
      wallet.failed(call, host.now(), host.dice.next());
    }
    this.#tend();
  }

  /** A lease that was asked for and not heard of is asked for again: another one would leave its units to nobody. */
  #asks(ledger: string, { leaseId, wanted }: WalletCall): void {
    if (wanted === 0) return;
    const before = this.#unheard.get(ledger) ?? leaseId;
    if (before !== leaseId)
      this.#cluster.violated(
        `lease: ${this.#owner.host.name} asks ${ledger} for ${leaseId}, and never heard of ${before}`,
      );
    this.#unheard.set(ledger, leaseId);
  }

  /** Looks after the wallets for as long as there is anything in them. */
  #tend(afterMs = TEND_MS): void {
    if (this.#tending || [...this.#held.values()].every(({ wallet }) => wallet.isEmpty())) return;
    this.#tending = true;
    const { host, run } = this.#owner;
    this.#cluster.loop.after(afterMs, () => {
      this.#tending = false;
      if (!host.alive) return;
      run(() => {
        for (const [ledger, held] of this.#held) {
          if (held.wallet.due(host.now()) === 'report') void this.#call(held, 'report');
          if (held.wallet.isEmpty()) this.#held.delete(ledger);
        }
        this.#tend(Math.min(TEND_LONGEST_MS, 2 * afterMs));
      });
    });
  }
}
