import { expect, test } from 'vitest';
import { MAX_ARMS as contractArms, MAX_ARM_LEAF_CELLS as contractCells } from '../../contract/configuration/index.ts';
import { MAX_ARMS } from '../../decisioning/bandits/allocate.ts';
import { MAX_ARM_LEAF_CELLS, MAX_SLICE_BYTES, utf8Length } from '../../decisioning/catalog/limits.ts';
import { MAX_SLICE_BYTES as publisherBytes } from '../../durable-objects/publisher/protocol.ts';

test('the compiler, the contract and the publisher agree on their limits', () => {
  expect([MAX_SLICE_BYTES, MAX_ARM_LEAF_CELLS, MAX_ARMS]).toEqual([publisherBytes, contractCells, contractArms]);
});

test('lengths in UTF-8 are those of the host', () => {
  for (const text of ['', 'abc', 'é', '€', '😀', 'a\ud800b', '\u07ff\u0800\uffff']) {
    expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
  }
});
