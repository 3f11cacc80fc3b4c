/** Keeps a customer in the publisher's sample for as long as there is somebody to count, and out of it from then on. */
import { RANKS, rankOf } from '../../decisioning/audience/sample.ts';
import { publisherStub } from '../shared/calls.ts';
import { withRetry } from '../shared/retry.ts';
import type { StubSource } from '../shared/stub.ts';
import { refuses } from './purposes.ts';
import type { CustomerMeta, CustomerState } from './state.ts';
import { isEmpty } from './state.ts';
import type { Sql } from './tables.ts';
import type { SampleMark, Waits } from './waits.ts';

/** workspace → ranks below this are in the sample, as this isolate last heard: it only falls, so an old one asks once too often. */
const thresholds = new Map<string, number>();
const MAX_WORKSPACES = 64;
/** Changes that one run follows up; the alarm takes the rest. */
const MAX_TURNS = 3;

/** Forgets what this isolate heard, as a new one would have it. */
export function forgetThresholds(): void {
  thresholds.clear();
}

/** Who is counted: a customer of whom something is held, who did not move on, and who refused neither analytics nor to be personalized for. */
export function isCounted(state: CustomerState): boolean {
  const { meta } = state;
  if (!meta || meta.forwardTo !== null || refuses(meta.profile, 'analytics')) return false;
  if (refuses(meta.profile, 'personalization')) return false;
  return !isEmpty(state);
}

/** One customer's place in the sample. A row says that the publisher may know the name; it goes when the publisher has forgotten it. */
export class Sampling {
  readonly #sql: Sql;
  readonly #source: StubSource;
  readonly #load: () => CustomerState;
  readonly #waits: Waits;
  #running: Promise<boolean> | undefined;

  /** @param load the customer as of now */
  constructor(sql: Sql, source: StubSource, waits: Waits, load: () => CustomerState) {
    this.#sql = sql;
    this.#waits = waits;
    this.#source = source;
    this.#load = load;
  }

  /** Whether the publisher may hold the name: then whoever takes the customer away sets an alarm first. */
  get isHeld(): boolean {
    // Somebody who is asked for the first time has no tables before.
    this.#load();
    return this.#mark() !== 'none';
  }

  /** Whether the publisher has to hear of something: asked after every change, and mostly not. */
  get isDue(): boolean {
    const state = this.#load();
    if (!state.meta) return false;
    const mark = this.#mark();
    if (!isCounted(state)) return mark !== 'none';
    return mark !== 'heard' && isWithin(state.meta);
  }

  /** Tells the publisher what changed, if anything did; false when that must be tried again. Never throws. */
  settle(): Promise<boolean> {
    this.#running ??= this.#run()
      .catch(() => false)
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #run(): Promise<boolean> {
    // After the change that this follows: its transaction may still be under way.
    await Promise.resolve();
    for (let turn = 0; turn < MAX_TURNS; turn += 1) {
      if (!this.isDue) return true;
      const state = this.#load();
      const { workspaceId, name } = state.meta as CustomerMeta;
      if (isCounted(state)) await this.#join(workspaceId, name);
      else await this.#leave(workspaceId, name);
    }
    return false;
  }

  async #join(workspaceId: string, name: string): Promise<void> {
    this.#sql.exec('INSERT OR IGNORE INTO sampled (id, heard) VALUES (1, 0)');
    this.#waits.doubt('sampled');
    const below = await withRetry(async () =>
      (await publisherStub(this.#source, workspaceId)).joinSample(workspaceId, name),
    );
    if (thresholds.size >= MAX_WORKSPACES) thresholds.clear();
    thresholds.set(workspaceId, below);
    this.#sql.exec(rankOf(name) < below ? 'UPDATE sampled SET heard = 1' : 'DELETE FROM sampled');
    this.#waits.doubt('sampled');
  }

  async #leave(workspaceId: string, name: string): Promise<void> {
    await withRetry(async () => (await publisherStub(this.#source, workspaceId)).leaveSample(workspaceId, [name]));
    this.#sql.exec('DELETE FROM sampled');
    this.#waits.doubt('sampled');
  }

  #mark(): SampleMark {
    return this.#waits.sampled;
  }
}

/** Whether a customer may be in the sample, as this isolate last heard of it. */
function isWithin({ workspaceId, name }: CustomerMeta): boolean {
  return rankOf(name) < (thresholds.get(workspaceId) ?? RANKS);
}
