import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { MAX_COLD_BYTES, MAX_SLICE_BYTES } from './protocol.ts';
import { named, newPublisher } from './testing/fixtures.ts';

describe('slices', () => {
  test('come back as they went in, in the order asked for and without unknown ones, also after an eviction', async () => {
    const { workspaceId, publisher } = await newPublisher();
    // Longer than a chunk, with characters of several bytes across its boundary; a byte-order mark; nothing at all.
    const bodies = await Promise.all(
      [`${'a'.repeat(1_024 * 1_024 - 1)}😀${'é'.repeat(900_000)}`, '\uFEFF{}', ''].map(named),
    );
    expect(await publisher.putSlices(workspaceId, bodies)).toEqual({ outcome: 'stored', stored: 3 });
    await evictDurableObject(publisher);
    const asked = [...bodies.map((body) => body.hash), 'f'.repeat(64)].reverse();
    const answered = await publisher.slices(asked);
    expect(answered.map((body) => body.hash)).toEqual(asked.slice(1));
    for (const { hash, body } of answered) expect(body === bodies.find((b) => b.hash === hash)?.body).toBe(true);
  });

  test('that are there already are not stored again', async () => {
    const { workspaceId, publisher } = await newPublisher();
    const [a, b] = [await named('a'), await named('b')];
    expect(await publisher.putSlices(workspaceId, [a])).toEqual({ outcome: 'stored', stored: 1 });
    expect(await publisher.putSlices(workspaceId, [a, b, b])).toEqual({ outcome: 'stored', stored: 1 });
  });

  test('are refused when a body is not what its name says, and none of the call is stored', async () => {
    const { workspaceId, publisher } = await newPublisher();
    const good = await named('good');
    const forged = { hash: (await named('one')).hash, body: 'another' };
    expect(await publisher.putSlices(workspaceId, [good, forged])).toEqual({
      outcome: 'refused',
      reason: 'hash_mismatch',
      hash: forged.hash,
    });
    expect(await publisher.slices([good.hash, forged.hash])).toEqual([]);
  });

  test('may have exactly the largest size, not a byte more', async () => {
    const { workspaceId, publisher } = await newPublisher();
    const largest = await named('x'.repeat(MAX_SLICE_BYTES));
    const tooLarge = await named('x'.repeat(MAX_SLICE_BYTES + 1));
    expect(await publisher.putSlices(workspaceId, [largest])).toEqual({ outcome: 'stored', stored: 1 });
    expect(await publisher.putSlices(workspaceId, [tooLarge])).toEqual({
      outcome: 'refused',
      reason: 'too_large',
      hash: tooLarge.hash,
    });
  });

  test('come along with the state for who asks so, the directory first, as far as they fit', async () => {
    const { workspaceId, publisher } = await newPublisher();
    const half = MAX_COLD_BYTES / 2;
    const [directory, rules, contents, more] = await Promise.all(
      ['d'.repeat(half - 1), 'r', 'c'.repeat(half), 'm'].map(named),
    );
    for (const body of [directory!, rules!, contents!, more!]) await publisher.putSlices(workspaceId, [body]);
    const placements = {
      hero: { rules: rules!.hash, contents: contents!.hash },
      more: { rules: more!.hash, contents: more!.hash },
    };
    const manifest = { revision: 1, hash: 'h', publishedAtMs: 0, directory: directory!.hash, placements };
    await publisher.activate(workspaceId, manifest, []);
    expect((await publisher.state(0)).bodies).toBeUndefined();
    const whole = (await publisher.state(0, true)).bodies!.map(({ hash }) => hash);
    expect(whole).toEqual([directory!.hash, rules!.hash, contents!.hash]);
  });

  test('beyond what one answer holds are left for the next one', async () => {
    const { workspaceId, publisher } = await newPublisher();
    const bodies = await Promise.all(['1', '2', '3', '4', '5'].map((digit) => named(digit.repeat(MAX_SLICE_BYTES))));
    for (const body of bodies) await publisher.putSlices(workspaceId, [body]);
    const hashes = bodies.map((body) => body.hash);
    expect((await publisher.slices(hashes)).map((body) => body.hash)).toEqual(hashes.slice(0, 4));
    expect((await publisher.slices(hashes.slice(4))).map((body) => body.hash)).toEqual(hashes.slice(4));
  });

  test('of another workspace are refused as a broken invariant', async () => {
    const { workspaceId, publisher } = await newPublisher();
    await publisher.putSlices(workspaceId, []);
    const body = await named('a');
    await runInDurableObject(publisher, (object) =>
      expect(object.putSlices('other', [body])).rejects.toThrow(RangeError),
    );
    expect(await publisher.slices([body.hash])).toEqual([]);
  });
});
