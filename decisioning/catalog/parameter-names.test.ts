import { describe, expect, test } from 'vitest';
import { nameOf, parameterNames } from './parameter-names.ts';

const value = (id: string, name?: string) => ({ id, costMinor: 0, ...(name !== undefined && { name }) });

describe('the names of parameters', () => {
  const names = parameterNames([
    { id: 'offer', name: 'Offer', kind: 'content', values: [value('loan', 'A loan'), value('constructor')] },
    { id: 'tone', kind: 'content', values: [value('warm', 'Warm')] },
    { id: 'hour', kind: 'timing', values: [value('now')] },
  ]);

  test('are those that were declared, of parameters and of values', () => {
    expect(nameOf(names, 'offer')).toEqual({ name: 'Offer' });
    expect(nameOf(names, 'offer', 'loan')).toEqual({ name: 'A loan' });
    expect(nameOf(names, 'tone', 'warm')).toEqual({ name: 'Warm' });
  });

  test('are not there where none was declared, whatever objects inherit', () => {
    expect(nameOf(names, 'tone')).toEqual({});
    expect(nameOf(names, 'offer', 'constructor')).toEqual({});
    expect(nameOf(names, 'hour', 'now')).toEqual({});
    expect(nameOf(names, 'constructor')).toEqual({});
    expect(names).not.toHaveProperty('hour');
    expect(parameterNames([{ id: 'hour', kind: 'timing', values: [value('now')] }])).toBeUndefined();
    expect(parameterNames(undefined)).toBeUndefined();
  });
});
