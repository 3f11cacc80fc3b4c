/** A statistics shard: what customers' outboxes say, counted once each, and what of it the root has not heard yet. */
import type { NetworkTrials } from '../../decisioning/limits/network-trials.ts';
import { blockOf, type Kept, SourceBlocks } from './blocks.ts';
import { Changes, changesOf, textOf } from './changes.ts';
import { checkDelivery, checkSame } from './check.ts';
import { TIMELESS } from './counted-sources.ts';
import { foldCells, foldSources, foldVectors, pageOnDisk } from './folding.ts';
import { foldNetworks, learnedOf, storedNetworks } from './networks.ts';
import type { CampaignAddress, Delivery, DeliveryReply, ShardReport, StatisticsEvent } from './protocol.ts';
import { Unfolded } from './unfolded.ts';

/** Commits between two folds: 80 seconds of three a second, of which an object that starts again reads 3 MB at 500 events a second. */
export const MAX_LOGGED_COMMITS = 240;
/** Characters of a commit's row: with three bytes each below the 2 MB that a row holds. What is more is folded at once. */
const MAX_LOGGED_CHARACTERS = 500_000;
/** Characters of all of them, which an object that starts again reads: with 31 features and some hundred cells 240 rows would be 100 MB. */
const MAX_LOG_CHARACTERS = 16_000_000;
/** Sources that are held unfolded, once for each ten seconds that they have events of: some 10 MB of the 128 that an object has. */
const MAX_UNFOLDED_SOURCES = 50_000;
/** Cells that are: ten reports. */
const MAX_UNFOLDED_CELLS = 5_000;
/** Elements of vectors that are: 4 MB. */
const MAX_UNFOLDED_ELEMENTS = 500_000;
/** How far the stored position is ahead: more than the commits until it is stored again, so that an object that starts anew begins above all of them. */
const RESERVED_SEQS = 1_000;

interface ShardRow extends Record<string, SqlStorageValue> {
  workspaceId: string;
  campaignId: string;
  shard: number;
  seq: number;
  ackedSeq: number;
  epoch: number;
  keptSources: number;
  fromBlock: number;
}

/** What an object knows once it has read its tables. */
interface Memory {
  /** Undefined until the first delivery. */
  address: (CampaignAddress & { readonly shard: number }) | undefined;
  isStored: boolean;
  /** Position of the last commit. Higher than any of the object's lives before. */
  seq: number;
  ackedSeq: number;
  /** Folds so far: rows of commits that say another number are done with. */
  epoch: number;
  logged: number;
  loggedCharacters: number;
  kept: Kept;
  unfolded: Unfolded;
  readonly blocks: SourceBlocks;
  /** With what is staged: what comes along is judged by it. */
  readonly networks: NetworkTrials;
  /** Whether there are sources of events without a time. */
  hasTimeless: boolean;
}

/**
 * The durable state of one shard. Deliveries are staged in memory and committed together, as one row; every so many commits their sums are folded into
 * the tables. Every method is one synchronous step: nothing can happen half-way through.
 */
export class CampaignShard {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly #maxLoggedCommits: number;
  #memory: Memory | null = null;
  #staged = new Changes();
  #failures = 0;

  /** @param maxLoggedCommits fewer in tests, so that folds are many */
  constructor(storage: DurableObjectStorage, maxLoggedCommits = MAX_LOGGED_COMMITS) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#maxLoggedCommits = maxLoggedCommits;
  }

  /** Stages a delivery and commits it. */
  apply(delivery: Delivery): DeliveryReply {
    if (!this.hasRoomFor(delivery)) this.commit();
    const reply = this.stage(delivery);
    this.commit();
    return reply;
  }

  /** Whether something waits for {@link commit}. */
  get isStaged(): boolean {
    return !this.#staged.isEmpty;
  }

  /** Whether a delivery fits into the commit that is staged; otherwise commit first. */
  hasRoomFor(delivery: Delivery): boolean {
    return this.#staged.hasRoomFor(delivery);
  }

  /**
   * Takes the events that were not counted before into the next commit.
   *
   * @returns the position up to which the source's events are counted, once what is staged is committed and durable
   * @throws RangeError when the delivery breaks the protocol or is another shard's; nothing of it is staged then
   */
  stage(delivery: Delivery): DeliveryReply {
    checkDelivery(delivery);
    const memory = this.#introduce(delivery);
    const { source } = delivery;
    const countedSeq = this.#countedSeq(memory, source);
    const fresh = delivery.events.filter((event) => event.seq > countedSeq && !isInBlock(memory, source, event));
    const known = fresh.filter(({ atMs }) => atMs === undefined || !isTooOld(memory, atMs));
    for (const event of known.map((one) => learnedOf(memory.networks, one))) this.#staged.add(source, event);
    const ackedSeq = Math.max(countedSeq, delivery.events.at(-1)?.seq ?? 0);
    const tooOld = fresh.length - known.length;
    return { outcome: 'applied', ackedSeq, ...(tooOld > 0 && { tooOld }) };
  }

  /**
   * Commits what is staged, all or nothing, as one row: sums and positions of sources alike.
   *
   * @throws what storage throws; what was staged is gone then, and memory is read anew
   */
  commit(): void {
    if (this.#staged.isEmpty) return;
    const staged = this.#staged;
    this.#staged = new Changes();
    const memory = this.#recall();
    try {
      this.#storage.transactionSync(() => this.#write(memory, staged));
    } catch (error) {
      this.#memory = null;
      throw error;
    }
  }

  /** The oldest changes that the root has not acknowledged, as many cells and vectors as a report holds; null when there are none. */
  nextReport(): ShardReport | null {
    const { address, ackedSeq, unfolded } = this.#recall();
    if (!address) return null;
    // What is on disk was committed before everything that is not folded yet.
    const page = pageOnDisk(this.#sql, ackedSeq) ?? unfolded.page(ackedSeq);
    if (!page) return null;
    const { seq, cells, vectors } = page;
    return { ...address, seq, cells, ...(vectors.length > 0 && { vectors }) };
  }

  /**
   * The root holds everything up to `seq`; an acknowledgement that arrives late takes nothing back. Stored with the next commit: an object that dies
   * before tells the root again what it knows.
   */
  acknowledge(seq: number): void {
    const memory = this.#recall();
    memory.ackedSeq = Math.max(memory.ackedSeq, seq);
    this.#failures = 0;
  }

  /** Counts a report that did not get through; returns how many in a row. */
  noteFailure(): number {
    this.#failures += 1;
    return this.#failures;
  }

  #write(memory: Memory, staged: Changes): void {
    if (!memory.isStored && memory.address) {
      const { workspaceId, campaignId, shard } = memory.address;
      const text = 'INSERT INTO shard (id, workspace_id, campaign_id, shard, seq) VALUES (1, ?, ?, ?, ?)';
      this.#sql.exec(text, workspaceId, campaignId, shard, RESERVED_SEQS);
      memory.isStored = true;
    }
    memory.seq += 1;
    const { unfolded } = memory;
    unfolded.absorb(staged, memory.seq);
    const isFull =
      memory.logged >= this.#maxLoggedCommits ||
      memory.loggedCharacters >= MAX_LOG_CHARACTERS ||
      unfolded.sources.positions >= MAX_UNFOLDED_SOURCES ||
      unfolded.cells.size >= MAX_UNFOLDED_CELLS ||
      unfolded.elements >= MAX_UNFOLDED_ELEMENTS;
    const verdicts = memory.networks.taken();
    const text = isFull ? undefined : textOf(staged, memory.ackedSeq, verdicts);
    if (text === undefined || text.length > MAX_LOGGED_CHARACTERS) this.#fold(memory);
    else {
      this.#sql.exec(
        'INSERT INTO commits (slot, epoch, body) VALUES (?1, ?2, ?3) ON CONFLICT (slot) DO UPDATE SET epoch = ?2, body = ?3',
        memory.logged,
        memory.epoch,
        text,
      );
      memory.logged += 1;
      memory.loggedCharacters += text.length;
    }
  }

  /** Brings the tables up to date; rows of commits are written over from then on. */
  #fold(memory: Memory): void {
    const { unfolded, blocks } = memory;
    foldCells(this.#sql, unfolded.cells.values());
    foldVectors(this.#sql, unfolded.vectors.values());
    const came = foldSources(this.#sql, blocks, unfolded.sources);
    foldNetworks(this.#sql, memory.networks, Date.now());
    memory.hasTimeless ||= [...unfolded.sources].some(([, { blocks: own }]) => own[0] === TIMELESS);
    memory.kept = blocks.forget({ ...memory.kept, sources: memory.kept.sources + came }, Date.now());
    memory.epoch += 1;
    memory.logged = 0;
    memory.loggedCharacters = 0;
    memory.unfolded = new Unfolded(this.#sql);
    this.#sql.exec(
      'UPDATE shard SET seq = ?, acked_seq = ?, epoch = ?, kept_sources = ?, from_block = ?',
      memory.seq + RESERVED_SEQS,
      memory.ackedSeq,
      memory.epoch,
      memory.kept.sources,
      memory.kept.fromBlock,
    );
  }

  #recall(): Memory {
    this.#memory ??= this.#read();
    return this.#memory;
  }

  #read(): Memory {
    const row = this.#sql
      .exec<ShardRow>(
        `SELECT workspace_id AS workspaceId, campaign_id AS campaignId, shard, seq, acked_seq AS ackedSeq, epoch,
         kept_sources AS keptSources, from_block AS fromBlock FROM shard`,
      )
      .toArray()[0];
    const memory: Memory = {
      address: row && { workspaceId: row.workspaceId, campaignId: row.campaignId, shard: row.shard },
      isStored: row !== undefined,
      seq: row?.seq ?? 0,
      ackedSeq: row?.ackedSeq ?? 0,
      epoch: row?.epoch ?? 0,
      logged: 0,
      loggedCharacters: 0,
      kept: { sources: row?.keptSources ?? 0, fromBlock: row?.fromBlock ?? 0 },
      unfolded: new Unfolded(this.#sql),
      blocks: new SourceBlocks(this.#sql),
      networks: storedNetworks(this.#sql),
      hasTimeless: this.#sql.exec('SELECT 1 FROM sources LIMIT 1').toArray().length > 0,
    };
    // One at a time: all of them are more than an object should hold besides what they come to.
    const text = 'SELECT body FROM commits WHERE epoch = ? ORDER BY slot';
    for (const { body } of row ? this.#sql.exec<{ body: string }>(text, memory.epoch) : []) {
      const { changes, acked, verdicts } = changesOf(body);
      memory.seq += 1;
      memory.logged += 1;
      memory.loggedCharacters += body.length;
      memory.ackedSeq = Math.max(memory.ackedSeq, acked);
      memory.unfolded.absorb(changes, memory.seq);
      memory.networks.repeat(verdicts);
    }
    if (row) this.#sql.exec('UPDATE shard SET seq = ?', memory.seq + RESERVED_SEQS);
    return memory;
  }

  #introduce(delivery: Delivery): Memory {
    const memory = this.#recall();
    const { workspaceId, campaignId, shard } = delivery;
    memory.address ??= { workspaceId, campaignId, shard };
    try {
      checkSame(memory.address, delivery);
      if (memory.address.shard !== shard) throw new RangeError('campaign statistics: another shard’s call');
    } catch (error) {
      // What another was told by mistake is not held on to: it may have been put right.
      if (!this.#isKnownAs(memory.address)) this.#memory = null;
      throw error;
    }
    return memory;
  }

  /** Whether the tables, or what is staged, are of this shard. */
  #isKnownAs({ workspaceId, campaignId, shard }: NonNullable<Memory['address']>): boolean {
    const text = 'SELECT 1 FROM shard WHERE workspace_id = ? AND campaign_id = ? AND shard = ?';
    return this.isStaged || this.#sql.exec(text, workspaceId, campaignId, shard).toArray().length > 0;
  }

  /** Up to where a source is counted, as far as that is known without its blocks. */
  #countedSeq({ unfolded, hasTimeless }: Memory, source: string): number {
    const inMemory = Math.max(this.#staged.sources.get(source)?.seq ?? 0, unfolded.sources.get(source)?.seq ?? 0);
    if (!hasTimeless) return inMemory;
    const row = this.#sql.exec<{ seq: number }>('SELECT seq FROM sources WHERE source = ?', source).toArray()[0];
    return Math.max(inMemory, row?.seq ?? 0);
  }
}

/** Whether an event was counted, by the block of its time. */
function isInBlock({ blocks }: Memory, source: string, { seq, atMs }: StatisticsEvent): boolean {
  return atMs !== undefined && seq <= blocks.countedSeq(blockOf(atMs), source);
}

/** Whether blocks of that time are forgotten. */
function isTooOld({ kept }: Memory, atMs: number): boolean {
  return blockOf(atMs) < kept.fromBlock;
}
