/** Faults on the way back: crediting, the outbox, the shards, the root and the publisher. */
import type { PlantedFault } from '../fault.ts';

const ONCE_IN_A_SHARD = {
  project: 'workerd',
  file: 'durable-objects/campaign/shard.test.ts',
  title: 'is counted once, however often it comes, also after the object was evicted',
} as const;

const A_PUBLISH_TOLD_LATE = {
  project: 'workerd',
  file: 'durable-objects/campaign/loop.test.ts',
  title: 'a tell that was overtaken on its way does not take the campaign back, a rollback does',
} as const;

export const LEARNING_FAULTS: readonly PlantedFault[] = [
  {
    name: 'no-dedupe-of-exposures',
    what: 'an exposure that is reported twice counts twice',
    file: 'durable-objects/customer/credit.ts',
    find: '  if (decision.exposedAtMs !== null) return duplicate;',
    replace: '',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/trials.test.ts',
      title: 'before the exposure imply it, and the exposure that follows is a duplicate',
    },
  },
  {
    name: 'no-dedupe-of-goals',
    what: 'a goal that is reported twice is credited twice',
    file: 'durable-objects/customer/credit.ts',
    find: '  if (before && (orderId === undefined || before.orders.includes(orderId))) return duplicate;',
    replace: '',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/trials.test.ts',
      title: 'and with one, the same order is credited once',
    },
  },
  {
    name: 'order-counted-per-decision',
    what: 'one order is in the revenue once for every decision that reports it',
    file: 'durable-objects/customer/credit.ts',
    find: '  const counted = orderId !== undefined && isCounted(store, record, goal.id, orderId);',
    replace: '  const counted = false;',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/trials.test.ts',
      title: 'an order counts once in the revenue, whichever decisions of the campaign report it',
    },
  },
  {
    name: 'every-exposure-is-a-trial',
    what: 'later exposures of a sticky period count as trials',
    file: 'durable-objects/customer/credit.ts',
    find: '!untaught && learnsFrom(store) && !trialOf(store, record, true)',
    replace: '!untaught && learnsFrom(store)',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/trials.test.ts',
      title: 'session: exposures after the first are no trials; another session has its own',
    },
  },
  {
    name: 'legacy-taken-twice',
    what: 'what an anonymous customer left is taken over again with every retry',
    file: 'durable-objects/customer/object.ts',
    find: '      if (taken) return;',
    replace: '      if (taken && legacy.decisions.length < 0) return;',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/identify.test.ts',
      title: 'is touched once by what a device left, though it is handed over twice',
    },
  },
  {
    name: 'erased-customer-comes-back',
    what: 'a token of an erased customer brings its decision back',
    file: 'durable-objects/customer/credit.ts',
    find: `  if (state.meta?.erasedAtMs != null && record.atMs <= state.meta.erasedAtMs) return 'customer_erased';`,
    replace: '',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/erase.test.ts',
      title: 'leaves no trace of the customer in any table, delivers what was counted, and voids tokens',
    },
  },
  {
    name: 'outbox-row-gone-before-it-arrived',
    what: 'an outbox row is removed when it is sent, not when it is acknowledged',
    file: 'durable-objects/customer/courier.ts',
    find: `      const reply = await withRetry(async () =>
        (await shardStub(this.#env, workspaceId, campaignId, shard)).apply(delivery),
      );`,
    replace: `      acknowledge(this.#sql, this.#outbox(), delivery, { outcome: 'applied', ackedSeq: Number.MAX_SAFE_INTEGER });
      const reply = await withRetry(async () =>
        (await shardStub(this.#env, workspaceId, campaignId, shard)).apply(delivery),
      );`,
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/outbox.test.ts',
      title: 'one shard that is down holds up its own rows only',
    },
  },
  {
    name: 'outbox-acknowledged-too-far',
    what: 'an acknowledgement takes rows with it that were written meanwhile',
    file: 'durable-objects/customer/outbox.ts',
    find: '  const upToSeq = reply.ackedSeq;',
    replace: '  const upToSeq = reply.ackedSeq + 1_000;',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/outbox.test.ts',
      title: 'delivers in order, at most 200 rows at a time, and removes what was acknowledged',
    },
  },
  {
    name: 'no-alarm-behind-the-outbox',
    what: 'what could not be delivered right after its commit is never tried again',
    file: 'durable-objects/customer/chores.ts',
    find: "    await this.#wake.by(receivedAtMs + (fresh === 'urgent' ? OUTBOX_BACKSTOP_MS : DELIVERY_WAKE_MS));\n",
    replace: '',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/outbox.test.ts',
      title: 'an alarm stands for every row from the moment it was written',
    },
  },
  {
    name: 'alarm-looked-up-after-the-write',
    what: 'a crash while the alarm is looked up leaves an outbox that nobody wakes up for',
    file: 'durable-objects/customer/object.ts',
    find: '    await this.#wake.look();\n    const anonymous',
    replace: '    const anonymous',
    caughtBy: {
      project: 'node',
      file: 'simulations/faults/crashes.test.ts',
      title: 'leaves nothing that no alarm stands for',
    },
  },
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
    file: 'durable-objects/campaign/changes.ts',
    find: 'Math.max(known.seq, to.seq), blocks',
    replace: 'known.seq, blocks',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/campaign/shard.test.ts',
      title: 'that overlaps an earlier one adds only what is new, and an old one that arrives last adds nothing',
    },
  },
  {
    name: 'root-adds-reports',
    what: 'the root takes what a shard has counted so far for what is new',
    file: 'durable-objects/campaign/evidence.ts',
    find: 'known ? statisticsOf(known) : emptyStatistics',
    replace: 'emptyStatistics',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/campaign/convergence.test.ts',
      title: 'when deliveries and reports are lost, repeated, late and out of order',
    },
  },
  {
    name: 'stale-report-wins',
    what: 'a report that was overtaken on its way takes evidence back',
    file: 'durable-objects/campaign/evidence.ts',
    find: '    if (known && known.seq >= report.seq) continue;',
    replace: '',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/campaign/evidence.test.ts',
      title: 'takes a later report for the cell as a whole, and ignores a repeat and an older one',
    },
  },
  {
    name: 'stale-allocation-wins',
    what: 'an older allocation that arrives late replaces the newer one',
    file: 'durable-objects/publisher/allocations.ts',
    find: `  if (known && known.version >= allocation.version) return { outcome: 'outdated_version', version: known.version };`,
    replace: '',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/publisher/allocations.test.ts',
      title: 'that is older than the published one, or another under its version, is told the version that stands',
    },
  },
  {
    name: 'overtaken-tell-wins',
    what: 'a publish that is told late takes its campaign back to the older rules',
    file: 'durable-objects/campaign/following.ts',
    find: '    if (seq < known.seq) return;',
    replace: '',
    caughtBy: A_PUBLISH_TOLD_LATE,
  },
  {
    name: 'tells-without-numbers',
    what: 'the publisher does not say which of its publishes it tells of',
    file: 'durable-objects/publisher/object.ts',
    find: '.reconfigure(address, policy, seq)',
    replace: '.reconfigure(address, policy, seq < 0 ? seq : undefined)',
    caughtBy: A_PUBLISH_TOLD_LATE,
  },
  {
    name: 'overtaken-answer-wins',
    what: 'the publisher’s answer to an offer replaces a policy that was told after it was given',
    file: 'durable-objects/campaign/publishing.ts',
    find: 'root.correctPolicy(reply.policy, reply.seq);',
    replace: 'root.correctPolicy(reply.policy);',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/campaign/following.test.ts',
      title: 'that a later tell has overtaken is passed over: the offer that follows is of the policy that was told',
    },
  },
  {
    name: 'restored-publisher-unheard',
    what: 'what a publisher that was restored says is older for ever than what roots heard before',
    file: 'durable-objects/publisher/restored.ts',
    find: '  if (knownSeq <= readMeta(sql).seq) return false;',
    replace: '  if (knownSeq >= 0) return false;',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/campaign/loop.test.ts',
      title: 'a publisher that is restored to an earlier moment is heard again, though nothing is published',
    },
  },
  {
    name: 'request-done-again',
    what: 'a hold of learning that comes again, after it was released, holds once more',
    file: 'durable-objects/campaign/asked.ts',
    find: '  if (known) return known.outcome;',
    replace: "  if (known) sql.exec('DELETE FROM asked');",
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/campaign/asked.test.ts',
      title: 'a hold that comes again after its release holds nothing, also after the object was evicted',
    },
  },
  {
    name: 'late-figures-win',
    what: 'an alert that is told late takes its figures back to older ones',
    file: 'durable-objects/publisher/alerts.ts',
    find: "const NO_OLDER = `coalesce(json_extract(excluded.body, '$.figuresAtMs') >=",
    replace: "const NO_OLDER = `TRUE OR coalesce(json_extract(excluded.body, '$.figuresAtMs') >=",
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/publisher/alerts.test.ts',
      title: 'late, after a call that overtook it, changes nothing',
    },
  },
  {
    name: 'hold-learns-on',
    what: 'what comes in while learning is held is published all the same',
    file: 'durable-objects/campaign/publishing.ts',
    find: '  if (root.isHeld()) return publishHeld(root, publisher, address.campaignId);',
    replace: '',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/campaign/anomalies.test.ts',
      title: 'by hand: nothing, until it is released; then all of it',
    },
  },
  {
    name: 'forged-token-believed',
    what: 'the signature of a token is not looked at',
    file: 'decisioning/token/token.ts',
    find: ', mac))) return undefined;',
    replace: ', mac)) && mac.length < 0) return undefined;',
    caughtBy: {
      project: 'node',
      file: 'decisioning/token/token.test.ts',
      title: 'one character altered, at any position, by any class of character: refused',
    },
  },
];
