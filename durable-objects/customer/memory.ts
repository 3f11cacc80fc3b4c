/** One customer in memory, in step with what the object's storage holds. */
import { addressOf } from './address.ts';
import { forget } from './forget.ts';
import { legacyOf } from './legacy.ts';
import { SEEN_GRAIN_MS } from './limits.ts';
import { loadState } from './load.ts';
import type { CallFacts, Moved } from './protocol.ts';
import { prune } from './prune.ts';
import type { CustomerState } from './state.ts';
import { emptyState, newborn } from './state.ts';
import { SqlStore } from './store.ts';
import type { Tables } from './tables.ts';
import { objectNow } from './view.ts';
import type { Waits } from './waits.ts';

export class Memory {
  readonly #storage: DurableObjectStorage;
  readonly #tables: Tables;
  readonly #waits: Waits;
  readonly #changed: () => void;
  #state: CustomerState | null = null;
  /** There are no tables: not yet, or not any more. */
  #ended: boolean;

  /** @param changed called after every change: what follows from it is seen to once it is durable */
  constructor(storage: DurableObjectStorage, tables: Tables, waits: Waits, changed: () => void) {
    this.#storage = storage;
    this.#tables = tables;
    this.#waits = waits;
    this.#changed = changed;
    this.#ended = !tables.look();
  }

  /** The customer as of now, for whoever only looks: no tables are made for somebody of whom there is nothing. */
  get seen(): CustomerState {
    return this.#ended ? emptyState() : this.state;
  }

  /** The customer as of now. */
  get state(): CustomerState {
    if (this.#ended) return this.#born();
    this.#state ??= loadState(this.#tables, this.#waits);
    return this.#state;
  }

  /** Tables, and nothing in them: what is not there is not looked for. */
  #born(): CustomerState {
    this.#tables.make();
    this.#ended = false;
    this.#waits.areNone();
    this.#state = emptyState();
    return this.#state;
  }

  /** Where the customer is known now, and what they left here; null while they are here. `receivedAtMs`: of a call that may have no proof. */
  moved(receivedAtMs = 0): Moved | null {
    const { seen: state } = this;
    const { meta } = state;
    if (!meta?.forwardTo) return null;
    const legacy = meta.legacyTaken ? null : legacyOf(this.#tables, state);
    return { outcome: 'moved', to: meta.forwardTo, legacy, ...addressOf(meta, objectNow(state, receivedAtMs)) };
  }

  /** One synchronous change of memory and storage, whole or not at all; memory is read anew after a failure. */
  transact<T>(call: CallFacts, change: (store: SqlStore) => T extends Promise<unknown> ? never : T): T {
    const { state } = this;
    try {
      const store = new SqlStore(state, this.#waits, call.refused);
      state.lastAtMs = Math.max(state.lastAtMs, call.receivedAtMs);
      if (!state.meta) store.saveMeta(newborn(call));
      // A worker of the version before takes whomever a token brings to life for a visitor; whoever names them knows better.
      else if (state.meta.anonymous && !call.anonymous) store.saveMeta({ ...state.meta, anonymous: false });
      const result = change(store);
      prune(store.writer, store, state.lastAtMs);
      const { meta } = state;
      // What a call writes bears the time that it told: when it came must not be forgotten with the object's memory, or an erasure could come before it.
      const grainMs = call.clientAtMs === undefined ? SEEN_GRAIN_MS : 1;
      if (meta && state.lastAtMs - state.storedAtMs >= grainMs) store.saveMeta(meta);
      store.flush(this.#tables);
      this.#changed();
      return result;
    } catch (error) {
      this.drop();
      throw error;
    }
  }

  /** Forgets the customer but for what voids their tokens. */
  forget(call: CallFacts, erasedAtMs: number): void {
    this.transact(call, (store) => forget(store, erasedAtMs));
    this.drop();
    // Only now is it seen that nobody is there.
    this.#changed();
  }

  /** Memory is read anew when it is next looked at. */
  drop(): void {
    this.#state = null;
  }

  /** Nothing is left, not even tables; a later call begins anew. */
  async end(): Promise<void> {
    this.drop();
    this.#waits.forget();
    this.#tables.forget();
    this.#ended = true;
    await this.#storage.deleteAll();
  }
}
