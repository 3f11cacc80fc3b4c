/** Faults between a customer and the shards: the outbox, its alarm, and who carries for others. */
import type { PlantedFault } from '../fault.ts';

export const OUTBOX_FAULTS: readonly PlantedFault[] = [
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
    name: 'left-before-it-is-on-disk',
    what: 'another object tells the shard of an event that may never reach the disk',
    file: 'durable-objects/customer/courier.ts',
    find: '      await sync();\n',
    replace: '',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/along.test.ts',
      title: 'is on disk before: the other’s call would not wait for it',
    },
  },
  {
    name: 'lost-bundle-is-let-go-of',
    what: 'what was left with another object is taken to have arrived when its call failed',
    file: 'durable-objects/customer/carrier.ts',
    find: "      for (const parcel of parcels) parcel.state = 'lost';",
    replace:
      "      for (const parcel of parcels) settle(parcel, { outcome: 'applied', ackedSeq: Number.MAX_SAFE_INTEGER });",
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/along.test.ts',
      title: 'count once by their own alarms where the call that carries them',
    },
  },
  {
    name: 'no-alarm-behind-the-outbox',
    what: 'what could not be delivered right after its commit is never tried again',
    file: 'durable-objects/customer/chores.ts',
    find: '    await this.#wake.by(receivedAtMs + DELIVERY_WAKE_MS);\n',
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
    find: 'Promise<void> {\n    if (!this.#isAwake(call)) await this.#wake.look();\n',
    replace: 'Promise<void> {\n    this.#isAwake(call);\n',
    caughtBy: {
      project: 'node',
      file: 'simulations/faults/crashes.test.ts',
      title: 'leaves nothing that no alarm stands for',
    },
  },
  {
    name: 'decided-before-the-alarm-is-looked-up',
    what: 'a crash while the alarm is looked up leaves claims that nobody gives back',
    file: 'durable-objects/customer/object.ts',
    find: '    if (!this.#isAwake(call)) await this.#wake.look();\n    const moved',
    replace: '    this.#isAwake(call);\n    const moved',
    caughtBy: {
      project: 'node',
      file: 'simulations/faults/crashes.test.ts',
      title: 'is not there without the alarm that gives them back',
    },
  },
];
