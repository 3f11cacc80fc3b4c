/** Money when a message went out, and when a customer is erased or turns out to be another. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { DAY_MS, objectOf, tablesOf } from './testing/fixtures.ts';
import {
  CLAIM_MS,
  claim,
  dispatch,
  full,
  handOver,
  lapsed,
  must,
  NOW_MS,
  only,
  pass,
  ring,
  paidScene as scene,
} from './testing/paid-scene.ts';
import { decisionsOf } from './testing/rows.ts';

describe('a dispatch', () => {
  it('is a touch and posts, and is no trial; the exposure of next week is, and not late', async () => {
    const { ann, heard } = await scene();
    const record = await claim(ann);
    expect(await dispatch(ann, record, NOW_MS + 1)).toBe('accepted');
    expect(await dispatch(ann, record, NOW_MS + 2)).toBe('duplicate');
    await ring(ann);
    expect(heard()).toEqual(only(record, 'post'));
    const stored = async () => (await decisionsOf(ann))[0];
    expect(await stored()).toMatchObject({ dispatchedAtMs: NOW_MS + 1, exposedAtMs: null, isTrial: false });
    expect(await ann.see(record, NOW_MS + 7 * DAY_MS - 1)).toBe('accepted');
    expect(await stored()).toMatchObject({ isTrial: true, late: false, exposedAtMs: NOW_MS + 7 * DAY_MS - 1 });
    expect(await dispatch(ann, record, NOW_MS + 7 * DAY_MS - 1)).toBe('duplicate');
    await ring(ann);
    expect(heard()).toEqual(only(record, 'post'));
  });

  it('keeps counting against caps after its claim would have lapsed, as of when it went out', async () => {
    const { ann } = await scene();
    for (const id of ['1', '2', '3']) await dispatch(ann, await claim(ann, id), NOW_MS + 1);
    const later = (atMs: number) => ann.ask(`at-${atMs}`, atMs, { purse: full });
    const capped = { decisions: [{ record: null, refusals: { capped_campaign: 1 } }] };
    expect(await later(NOW_MS + DAY_MS)).toMatchObject(capped);
    await ann.see(must(await ann.decide('1', NOW_MS + DAY_MS)), NOW_MS + DAY_MS);
    expect(await later(NOW_MS + DAY_MS + 1)).toMatchObject({ decisions: [{ record: { campaignId: 'c' } }] });
  });

  it('that comes late is a touch, and posts nothing', async () => {
    const { ann, heard } = await scene();
    const record = await claim(ann);
    expect(await dispatch(ann, record, NOW_MS + CLAIM_MS + 1)).toBe('accepted');
    await ring(ann);
    expect(heard()).toEqual(only(record, 'void'));
    const reply = await ann.stub().explain(ann.explainCall('x', NOW_MS + CLAIM_MS + 2));
    expect(reply).toMatchObject({ touches: [{ pending: false, atMs: NOW_MS + CLAIM_MS + 1 }] });
  });
});

describe('the end of a customer', () => {
  it('claims nothing for a call of before an erasure that arrives again, and again for one of after it', async () => {
    const { ann } = await scene();
    await claim(ann);
    await ann.stub().erase(ann.facts(NOW_MS + 2));
    expect(await ann.decide('1', NOW_MS, { purse: full })).toBeNull();
    expect(await ann.decide('2', NOW_MS + 3, { purse: full })).not.toBeNull();
  });

  it('claims nothing twice for a call that told an earlier time, though the object was read anew before an erasure arrived', async () => {
    const { ann } = await scene();
    await claim(ann);
    const late = () => ann.decide('2', NOW_MS + 9, { purse: full, clientAtMs: NOW_MS - DAY_MS });
    must(await late());
    await evictDurableObject(objectOf(ann));
    await ann.stub().erase(ann.facts(NOW_MS + 2));
    expect(await late()).toBeNull();
  });

  it('settles what each life of theirs claims under a name of its own, though requests are repeated under the same ids', async () => {
    const { ann, heard } = await scene();
    const names: string[] = [];
    for (const life of [0, 1, 2]) {
      const atMs = NOW_MS + 10 * life;
      const reply = await ann.ask('1', atMs, { purse: full });
      const decided = reply.outcome === 'decided' ? reply.decisions[0]! : undefined;
      expect(await ann.ask('1', atMs + 1, { purse: full })).toMatchObject({ repeated: true, decisions: [decided] });
      names.push(...new Set(decided!.claims!.map(({ decisionId }) => decisionId)));
      // The second is never seen: its claims are given back between two that are posted.
      if (life !== 1) expect(await ann.see(decided!.record!, atMs + 2)).toBe('accepted');
      await ann.stub().erase(ann.facts(atMs + 3));
    }
    await ring(ann);
    const kinds = ['post', 'void', 'post'];
    expect(names[0]).toBe(`${ann.name}/1/hero`);
    expect(heard()).toEqual(
      Object.fromEntries(
        names.flatMap((name, i) => [
          [`${name} l1`, [`${kinds[i]} 5`]],
          [`${name} s1`, [`${kinds[i]} 1`]],
        ]),
      ),
    );
  });

  it('who was erased before they became known claims under another name there, and nothing for a call of before it', async () => {
    const { ann, phone } = await scene();
    await claim(phone);
    await phone.stub().erase(phone.facts(NOW_MS + 2));
    await handOver(phone, ann, NOW_MS + 3);
    const call = { ...phone.explainCall('1', NOW_MS + 4, { purse: full }), name: ann.name, anonymous: false };
    expect(await ann.stub().decide({ ...call, receivedAtMs: NOW_MS + 2 })).toMatchObject({
      decisions: [{ record: null }],
    });
    const reply = await ann.stub().decide({ ...call, requests: [{ ...call.requests[0]!, decisionId: 'again' }] });
    expect(reply).toMatchObject({
      decisions: [{ claims: Array(2).fill({ decisionId: expect.stringMatching(/^again~/) }) }],
    });
  });

  it('gives open claims back when they are erased, and leaves what is settled', async () => {
    const { ann, heard } = await scene();
    const [seen, open] = [await claim(ann, '1'), await claim(ann, '2')];
    await ann.see(seen, NOW_MS + 1);
    await ann.stub().erase(ann.facts(NOW_MS + 2));
    expect(await ann.see(open, NOW_MS + 3)).toBe('customer_erased');
    await ring(ann);
    expect(heard()).toEqual({ ...only(seen, 'post'), ...only(open, 'void') });
    expect((await tablesOf(ann)).settlements).toEqual([]);
  });

  it('that moves leaves its open claims to the known one, who posts them', async () => {
    const { ann, phone, heard } = await scene();
    const [seen, open] = [await claim(phone, '1'), await claim(phone, '2')];
    await phone.see(seen, NOW_MS + 1);
    await handOver(phone, ann, NOW_MS + 2);
    await ann.see(open, NOW_MS + 3);
    await ring(phone);
    await ring(ann);
    expect(heard()).toEqual({ ...only(seen, 'post'), ...only(open, 'post') });
  });

  it('that moved settles nothing any more, though its alarm rings before the known one has taken the claims', async () => {
    const { ann, phone, heard } = await scene();
    const record = await claim(phone);
    const { legacy } = await phone.stub().forward(phone.facts(lapsed(record)), ann.name);
    expect(legacy!.decisions).toMatchObject([{ claims: [{ units: 5 }, { units: 1 }] }]);
    await ring(phone);
    expect(heard()).toEqual({});
    // The alarm handed them over; the worker that linked the two comes second.
    await ann.stub().takeLegacy(ann.facts(lapsed(record)), legacy!);
    await ring(ann);
    expect(heard()).toEqual(only(record, 'void'));
  });

  it('whose claims move to one who was erased since has them given back, once for each time they are brought', async () => {
    const { ann, phone, heard } = await scene();
    const record = await claim(phone);
    const { legacy } = await phone.stub().forward(phone.facts(NOW_MS + 1), ann.name);
    await pass(ann, NOW_MS + 1);
    await ann.stub().erase(ann.facts(NOW_MS + 2));
    await ann.stub().takeLegacy(ann.facts(NOW_MS + 3), legacy!);
    await ring(ann);
    expect(heard()).toEqual(only(record, 'void'));
  });

  it('sets the alarm for claims that came along', async () => {
    const { ann, phone } = await scene();
    const record = await claim(phone);
    await handOver(phone, ann, NOW_MS + 1);
    const alarm = await runInDurableObject(objectOf(ann), (_, { storage }) => storage.getAlarm());
    expect(alarm).toBe(lapsed(record));
  });
});
