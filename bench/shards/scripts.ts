/** Two workers: shards of the project's own class, whose rows are counted, and one that feeds them as customers' objects do. */

/** Where the shard's class comes from, as a module beside the script. */
export const OBJECTS_MODULE = 'objects.mjs';

/**
 * Rows are what `rowsWritten` of each statement says, indexes and deletions among them, and one for each alarm that is set. The root takes every report:
 * what it does with it is another object's affair.
 */
export const SHARDS_SCRIPT = `
import { DurableObject } from 'cloudflare:workers';
import { CampaignShardObject } from './${OBJECTS_MODULE}';

export class Shard extends CampaignShardObject {
  #counts = { rows: 0, alarms: 0, blocks: 0 };
  constructor(ctx, env) {
    super(ctx, env);
    const { storage } = ctx;
    const exec = storage.sql.exec.bind(storage.sql);
    Object.defineProperty(storage.sql, 'exec', {
      value: (text, ...bindings) => {
        const cursor = exec(text, ...bindings);
        this.#counts.rows += cursor.rowsWritten;
        // What is deleted again at once is not there to be deleted later.
        if (/^INSERT INTO (blocks|late)/.test(text)) this.#counts.blocks += 1;
        if (/^DELETE FROM (blocks|late)/.test(text)) this.#counts.blocks -= cursor.rowsWritten;
        return cursor;
      },
    });
    const setAlarm = storage.setAlarm.bind(storage);
    Object.defineProperty(storage, 'setAlarm', {
      value: (atMs) => {
        this.#counts.alarms += 1;
        return setAlarm(atMs);
      },
    });
  }
  counts() {
    return { ...this.#counts };
  }
}

export class Root extends DurableObject {
  merge({ seq }) {
    return { outcome: 'merged', seq };
  }
}

export default { fetch: () => new Response(null, { status: 404 }) };
`;

/**
 * \`POST /\` with { shard, shards, batch, clients, perSecond, spreadMs, ms, from }: deliveries of \`batch\` events, each from a customer of its own numbered from
 * \`from\`, by so many clients one after the other, or as many a second whoever has been answered; to \`shards\` of them in turns, from \`shard\` on; of all
 * times since \`spreadMs\` ago, as if nobody had reached them since. Answers with what was acknowledged, how long it took, and the shards' counts.
 */
export const FEEDER_SCRIPT = `
const ARMS = ['a', 'b', 'c'];
const LEAVES = ['mobile', 'gold', 'rest'];

function delivery(shard, customer, batch, spreadMs) {
  const nowMs = Math.floor(Date.now() - Math.random() * spreadMs);
  const hour = Math.floor(nowMs / 3_600_000);
  const events = Array.from({ length: batch }, (_, i) => ({
    seq: i + 1,
    leaf: LEAVES[customer % 3],
    arm: ARMS[(customer + i) % 3],
    hour,
    change: { exposures: 1, trials: 1, customers: 1 },
    sums: { 'source:shop': [1, 0, 0] },
    atMs: nowMs,
  }));
  const name = String(customer).padStart(22, 'x');
  return { workspaceId: 'bench', campaignId: 'bench', shard, source: name + ':01234567-89ab-4cde-8f01-23456789abcd', events };
}

export default {
  async fetch(request, env) {
    const { shard, shards, batch, clients, perSecond, spreadMs, ms, from } = await request.json();
    const stubs = Array.from({ length: shards }, (_, i) => env.SHARD.getByName('shard-' + (shard + i)));
    const startMs = Date.now();
    const times = [];
    let next = from;
    let acknowledged = 0;
    const send = async () => {
      const sentMs = Date.now();
      const [customer, i] = [next, next % shards];
      next += 1;
      const { ackedSeq } = await stubs[i].apply(delivery(shard + i, customer, batch, spreadMs));
      if (ackedSeq !== batch) throw new Error('acknowledged ' + ackedSeq + ' of ' + batch);
      acknowledged += batch;
      times.push(Date.now() - sentMs);
    };
    if (perSecond) {
      const open = new Set();
      for (let due = 0; Date.now() - startMs < ms; ) {
        for (; due < ((Date.now() - startMs) / 1_000) * perSecond; due += batch) {
          const sent = send();
          open.add(sent);
          sent.finally(() => open.delete(sent));
        }
        await scheduler.wait(5);
      }
      await Promise.all(open);
    } else {
      const client = async () => {
        while (Date.now() - startMs < ms) await send();
      };
      await Promise.all(Array.from({ length: clients }, client));
    }
    const seconds = (Date.now() - startMs) / 1_000;
    times.sort((one, other) => one - other);
    const at = (share) => times[Math.floor(share * times.length)] ?? 0;
    const counts = { rows: 0, alarms: 0, blocks: 0 };
    for (const one of await Promise.all(stubs.map((stub) => stub.counts())))
      for (const of of ['rows', 'alarms', 'blocks']) counts[of] += one[of];
    return Response.json({ acknowledged, seconds, next, medianMs: at(0.5), p99Ms: at(0.99), ...counts });
  },
};
`;
