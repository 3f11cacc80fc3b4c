import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { campaign } from '../../contract/configuration/campaign.ts';
import { eventsRequest, feedbackRequest } from '../../contract/events.ts';
import { attributes } from '../../contract/primitives.ts';
import { MAX_ERRORS, validationErrors } from './validation.ts';

function errorsOf(schema: z.ZodType, value: unknown) {
  const result = schema.safeParse(value);
  if (result.success) throw new Error('should have been refused');
  return validationErrors(result.error);
}

describe('what is said about an invalid field', () => {
  it('names unknown fields one by one, each at its place', () => {
    const schema = z.strictObject({ a: z.strictObject({ b: z.string() }) });
    expect(errorsOf(schema, { a: { b: 'x', c: 1, d: 2 }, e: 3 })).toEqual([
      { field: '/a/c', detail: 'is not a known field' },
      { field: '/a/d', detail: 'is not a known field' },
      { field: '/e', detail: 'is not a known field' },
    ]);
  });

  it('tells a missing field from a wrong one', () => {
    const schema = z.strictObject({ id: z.string(), size: z.int() });
    expect(errorsOf(schema, { size: '3' })).toEqual([
      { field: '/id', detail: 'is required (string)' },
      { field: '/size', detail: 'must be a number' },
    ]);
  });

  it('answers for the branch of a union that was meant', () => {
    const goal = errorsOf(feedbackRequest, { token: 't', kind: 'goal', goal: 'purchase', value: 'many' });
    expect(goal).toEqual([{ field: '/value', detail: 'must be a number' }]);
    const batch = errorsOf(feedbackRequest, { events: [{ token: 't', kind: 'exposure', when: 1 }] });
    expect(batch).toEqual([{ field: '/events/0/when', detail: 'is not a known field' }]);
    const exposure = errorsOf(feedbackRequest, { token: 't', kind: 'exposure', extra: 1 });
    expect(exposure).toEqual([{ field: '/extra', detail: 'is not a known field' }]);
  });

  it('lists the kinds when none was meant', () => {
    expect(errorsOf(eventsRequest, { customer: {}, events: [{ kind: 'click' }] })).toEqual([
      { field: '/events/0/kind', detail: 'must be one of: behaviour, goal' },
    ]);
    expect(errorsOf(attributes, { plan: { nested: true } })).toEqual([
      { field: '/plan', detail: 'must be one of: string, number, boolean, null, array' },
    ]);
  });

  it('points into the keys of a record', () => {
    const [error] = errorsOf(attributes, { '1plan': 'gold' });
    expect(error?.field).toBe('/1plan');
    expect(error?.detail).toContain('must be a name');
  });

  it('keeps the words of the contract', () => {
    const errors = errorsOf(campaign, {
      id: 'Spring Sale',
      name: 'x',
      objective: { goal: 'buy' },
      placements: ['hero'],
      arms: [],
    });
    expect(errors.map((error) => error.field)).toEqual(['/id', '/arms']);
    expect(errors[0]?.detail).toContain('must be 1 to 64 of a-z');
  });

  it('stops at a named number of entries', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`f${i}`, 1]));
    expect(errorsOf(z.strictObject({}), many)).toHaveLength(MAX_ERRORS);
  });
});
