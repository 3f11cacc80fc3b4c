/** The decision log: what is written down, that it is sent until the queue has it, and where it ends. */
import {
  createExecutionContext,
  createMessageBatch,
  evictDurableObject,
  getQueueResult,
  runInDurableObject,
} from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { LogLine, LogMessage } from '../../contract/models/decision-log.ts';
import type { Receipt } from '../../decisioning/receipt.ts';
import worker from '../../worker/control.ts';
import { logLines } from './log-lines.ts';
import { keepLine, LogSender, MAX_LOG_BATCH, MAX_LOG_LINE_CHARS, MAX_WAITING_LINES } from './log-sender.ts';
import type { StoredDecision } from './protocol.ts';
import { type Sql, Tables } from './tables.ts';
import { customerOf, objectOf, START_MS } from './testing/fixtures.ts';
import { changeDecisions } from './testing/rows.ts';
import { scene } from './testing/trial-scene.ts';
import { Waits } from './waits.ts';

const use = { version: 2, stage: 'live' as const, row: [1, null], missing: ['plan'], outputs: { probability: 0.5 } };
const receipt = { models: { churn: { used: use }, other: { used: use } } } as unknown as Receipt;

async function decision(): Promise<StoredDecision> {
  const record = await scene().decided('1');
  const untouched = { exposedAtMs: null, late: false, isTrial: false, converted: false, outcomes: [] };
  return {
    record,
    requestId: 'r',
    ...untouched,
    models: { churn: { used: { version: 2, stage: 'live', missing: 1 } } },
  };
}

describe('lines', () => {
  it('are what the campaign’s models were told, then the exposure, then every outcome, each once', async () => {
    const made = await decision();
    const [line, ...more] = logLines(undefined, made, receipt);
    expect(more).toEqual([]);
    expect(line).toMatchObject({ kind: 'decision', campaign: 'c', leaf: 'rest', models: { churn: { used: use } } });
    expect(JSON.stringify(line)).not.toMatch(/other|bucketing|seed|requestId/);
    const seen = { ...made, exposedAtMs: START_MS + 1, isTrial: true };
    expect(logLines(made, seen, undefined)).toMatchObject([{ kind: 'exposure', trial: true }]);
    const bought = { ...seen, outcomes: [{ goal: 'purchase', atMs: START_MS + 2, valueMinor: 500, orders: ['o1'] }] };
    expect(logLines(seen, bought, undefined)).toMatchObject([{ kind: 'outcome', value: 500, orders: 1 }]);
    expect(logLines(bought, { ...bought, converted: true }, undefined)).toEqual([]);
  });

  it('are none where no model was asked', async () => {
    const { models: _, ...plain } = await decision();
    expect(logLines(undefined, plain, receipt)).toEqual([]);
  });
});

it('tells nothing of decisions that an anonymous customer made, who may have refused it', async () => {
  const { ann, world } = scene();
  const phone = customerOf(world, 'phone', true);
  const record = await phone.decide('1', START_MS);
  const models = { churn: { used: { version: 2, stage: 'live' as const, missing: 1 } } };
  await runInDurableObject(objectOf(phone), (_, { storage }) => {
    changeDecisions(storage.sql, (row) => ({ ...row, models }));
  });
  await evictDurableObject(objectOf(phone));
  const { legacy } = await phone.stub().forward(phone.facts(START_MS + 1), ann.name);
  await ann.stub().takeLegacy(ann.facts(START_MS + 1), legacy!);
  expect(legacy!.receipts).toHaveProperty([record!.decisionId]);
  const [decisions, next] = await runInDurableObject(objectOf(ann), (_, { storage }) => [
    storage.sql.exec('SELECT id FROM decisions').toArray().length,
    // Numbers of lines that were sent are not given again.
    new Tables(storage).exec<{ seq: number }>("INSERT INTO log_out (line) VALUES ('{}') RETURNING seq").one().seq,
  ]);
  expect([decisions, next]).toEqual([1, 1]);
});

describe('sending', () => {
  const withSender = async (queue: object | undefined, step: (sender: LogSender, sql: Sql) => Promise<void>) => {
    const { ann, decided } = scene();
    await decided('1');
    await runInDurableObject(objectOf(ann), async (_, { storage }) => {
      const tables = new Tables(storage);
      await step(new LogSender(tables, { ...env, DECISION_LOG: queue } as never), tables);
    });
  };

  it('keeps lines while the queue is down, and sends all of them then, in batches, with no id of the customer', async () => {
    const sent: LogMessage[][] = [];
    let down = true;
    const sendBatch = async (messages: readonly { readonly body: LogMessage }[]) => {
      if (down) throw new Error('queue is down');
      sent.push(messages.map(({ body }) => body));
    };
    const [line] = logLines(undefined, await decision(), receipt);
    await withSender({ sendBatch }, async (sender, sql) => {
      for (let i = 0; i < MAX_LOG_BATCH + 1; i += 1) keepLine(sql, line!);
      await sender.deliver({ workspaceId: 'w' });
      expect(sender.waiting).toBe(true);
      down = false;
      await sender.deliver({ workspaceId: 'w' });
      expect([sent.map(({ length }) => length), sender.waiting]).toEqual([[MAX_LOG_BATCH, 1], false]);
    });
    expect(new Set(sent.flat().map(({ line: { key } }) => key)).size).toBe(1);
    expect(JSON.stringify(sent)).not.toContain(line!.decisionId.split('.')[0]);
  });

  it('sends no more in one call than a queue takes, and keeps no line that would never fit', async () => {
    const sizes: number[] = [];
    const sendBatch = async (messages: readonly unknown[]) => void sizes.push(JSON.stringify(messages).length);
    const [line] = logLines(undefined, await decision(), receipt);
    const long = (chars: number) => ({ ...line!, leaf: 'x'.repeat(chars) }) as typeof line & object;
    await withSender({ sendBatch }, async (sender, sql) => {
      for (let i = 0; i < 5; i += 1) keepLine(sql, long(MAX_LOG_LINE_CHARS - 2_000));
      keepLine(sql, long(MAX_LOG_LINE_CHARS));
      await sender.deliver({ workspaceId: 'w' });
      expect([sizes.length, Math.max(...sizes) < 256 * 1_024, sender.waiting]).toEqual([3, true, false]);
    });
  });

  it('waits for no line that was too long to be kept, nor for one that is not there any more', async () => {
    const [line] = logLines(undefined, await decision(), receipt);
    await withSender({ sendBatch: async () => {} }, async (_, sql) => {
      const long = { ...line!, leaf: 'x'.repeat(MAX_LOG_LINE_CHARS) } as typeof line & object;
      expect([keepLine(sql, long), keepLine(sql, line!)]).toEqual([false, true]);
      const waits = new Waits(sql);
      const sender = new LogSender(sql, env as never, waits);
      expect(sender.waiting).toBe(true);
      sql.exec('DELETE FROM log_out');
      await sender.deliver({ workspaceId: 'w' });
      expect(sender.waiting).toBe(false);
    });
  });

  it('keeps no more than its bound, the latest', async () => {
    const [line] = logLines(undefined, await decision(), receipt);
    await withSender(undefined, async (sender, sql) => {
      for (let i = 0; i <= MAX_WAITING_LINES; i += 1) keepLine(sql, line!);
      expect(sql.exec<{ n: number }>('SELECT count(*) AS n FROM log_out').one().n).toBe(MAX_WAITING_LINES);
      await sender.deliver({ workspaceId: 'w' });
      expect(sender.waiting).toBe(true);
    });
  });
});

describe('the end of the queue', () => {
  const bindings = env as unknown as Env;
  const messageOf = (id: string, at: string) => ({
    id,
    timestamp: new Date(at),
    attempts: 1,
    body: {
      workspaceId: 'log-end',
      line: { format: 1, kind: 'exposure', key: id, decision: id, at, campaign: 'c', trial: true },
    },
  });
  const take = async (messages: readonly ReturnType<typeof messageOf>[], end: Pick<Env, 'LOG'> = bindings) => {
    const batch = createMessageBatch('hyperedge-decision-log', [...messages]);
    const context = createExecutionContext();
    await worker.queue(batch as never, end as Env);
    return getQueueResult(batch, context);
  };
  const messages = [
    messageOf('a', '2026-01-31T23:59:59.000Z'),
    messageOf('b', '2026-02-01T00:00:00.000Z'),
    messageOf('c', '2026-02-01T00:30:00.000Z'),
  ];

  it('is one file a day and hour; the same batch again is the same files', async () => {
    expect((await take(messages)).explicitAcks.sort()).toEqual(['a', 'b', 'c']);
    await take(messages);
    const { objects } = await bindings.LOG.list({ prefix: 'log/log-end/' });
    expect(objects.map(({ key }) => key.replace(/[0-9a-f]{32}/, '#'))).toEqual([
      'log/log-end/date=2026-01-31/23/#.ndjson',
      'log/log-end/date=2026-02-01/00/#.ndjson',
    ]);
    const text = await (await bindings.LOG.get(objects[1]!.key))!.text();
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LogLine);
    expect(lines.map(({ key }) => key)).toEqual(['b', 'c']);
  });

  it('stores the others where one message is of a shape that nobody knows, and asks for that one again', async () => {
    const odd = { ...messages[0]!, id: 'odd', body: { workspaceId: 'log-end' } as never };
    const { explicitAcks, retryMessages } = await take([odd, ...messages]);
    expect([explicitAcks.sort(), retryMessages.map(({ msgId }) => msgId)]).toEqual([['a', 'b', 'c'], ['odd']]);
  });

  it('asks the queue to come again with what could not be stored', async () => {
    const put = () => Promise.reject(new Error('R2 is down'));
    const { explicitAcks, retryMessages } = await take(messages, { LOG: { put } as never });
    expect([explicitAcks, retryMessages.map(({ msgId }) => msgId).sort()]).toEqual([[], ['a', 'b', 'c']]);
  });
});
