/** Faults in how a campaign's shards count and commit. */
import type { PlantedFault } from '../fault.ts';

const ONCE_IN_A_SHARD = {
  project: 'workerd',
  file: 'durable-objects/campaign/shard.test.ts',
  title: 'is counted once, however often it comes, also after the object was evicted',
} as const;

const ONCE_IN_A_FOLD = { project: 'workerd', file: 'durable-objects/campaign/folding.test.ts' } as const;

export const SHARD_FAULTS: readonly PlantedFault[] = [
  {
    name: 'shard-counts-repeats',
    what: 'a delivery that comes twice is counted twice',
    file: 'durable-objects/campaign/shard.ts',
    find: '(event) => event.seq > countedSeq &&',
    replace: '(event) => event.seq > 0 * countedSeq &&',
    caughtBy: ONCE_IN_A_SHARD,
  },
  {
    name: 'shard-forgets-its-position',
    what: 'how far a source is counted is not known to the commit that follows',
    file: 'durable-objects/campaign/counted-sources.ts',
    find: 'known.seq = Math.max(known.seq, to.seq);',
    replace: '',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/campaign/shard.test.ts',
      title: 'that overlaps an earlier one adds only what is new, and an old one that arrives last adds nothing',
    },
  },
  {
    name: 'bundle-acknowledged-in-spite-of-a-commit',
    what: 'parcels whose commit failed in the midst of their bundle are acknowledged with the rest',
    file: 'durable-objects/campaign/object.ts',
    find: 'this.#gatherer.commit();\n      try {',
    replace: 'this.#gatherer.flush();\n      try {',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/campaign/bundles.test.ts',
      title: 'of which a part cannot be kept is not acknowledged, and counts once when it comes again',
    },
  },
  {
    name: 'staged-beyond-a-report',
    what: 'a delivery is staged beside what a bundle left that failed half-way, more than a report holds',
    file: 'durable-objects/campaign/object.ts',
    find: 'this.#gatherer.commit();\n    const reply',
    replace: 'this.#gatherer.flush();\n    const reply',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/campaign/bundles.test.ts',
      title: 'that fails half-way leaves a shard that can report',
    },
  },
  {
    name: 'shard-answers-before-it-commits',
    what: 'a delivery is acknowledged while it waits in memory',
    file: 'durable-objects/campaign/object.ts',
    find: 'if (this.#shard.isStaged) await this.#gatherer.join();',
    replace: 'if (this.#shard.isStaged) void this.#gatherer.join();',
    caughtBy: { ...ONCE_IN_A_FOLD, title: 'at the same time are answered once all are on disk, by far fewer commits' },
  },
  {
    name: 'shard-reports-without-what-waits',
    what: 'what waits for its commit comes a report later',
    file: 'durable-objects/campaign/object.ts',
    find: '    this.#gatherer.flush();\n    const send',
    replace: '    const send',
    caughtBy: {
      ...ONCE_IN_A_FOLD,
      title: 'that wait for their commit when the alarm rings are committed and told to the root by it',
    },
  },
  {
    name: 'fold-forgets-blocks',
    what: 'which events were counted is gone with the fold that should keep it',
    file: 'durable-objects/campaign/folding.ts',
    find: 'return blocks.write(sources);',
    replace: 'return blocks === undefined ? 1 : 0;',
    caughtBy: {
      ...ONCE_IN_A_FOLD,
      title: 'is known while staged, committed and folded, and to an object that starts anew',
    },
  },
  {
    name: 'fold-loses-what-it-moves',
    what: 'which events were counted of the hours without a shard is gone once there is enough of it for rows of its own',
    file: 'durable-objects/campaign/blocks.ts',
    find: 'byBlock([...this.#late.take(span), wide(blocks)])',
    replace: 'byBlock([...this.#late.take(span).slice(1), wide(blocks)])',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/campaign/blocks.test.ts',
      title: 'cost each fold what is new and little more, whatever is there, and each is known afterwards',
    },
  },
  {
    name: 'forgotten-times-count',
    what: 'an event of a time that the shard has forgotten is counted, though it may have been before',
    file: 'durable-objects/campaign/shard.ts',
    find: 'return blockOf(atMs) < kept.fromBlock;',
    replace: 'return kept.fromBlock < 0 && blockOf(atMs) < 0;',
    caughtBy: {
      ...ONCE_IN_A_FOLD,
      title: 'that comes after its time is forgotten is not counted, acknowledged, and told',
    },
  },
];
