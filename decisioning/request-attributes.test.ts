import { describe, expect, test } from 'vitest';
import { conditionAttributes } from './request-attributes.ts';
import { attributeResolver } from './segments/subject.ts';

const nowMs = Date.parse('2026-03-29T01:30:00Z');
const nobody = { traits: {}, request: {}, nowMs, timeZone: undefined, anonymous: true };

describe('conditionAttributes', () => {
  test('the clock is the customer’s, UTC without one, and says which', () => {
    expect(conditionAttributes(nobody)).toEqual({
      time: { day: 7, hour: 1, minute: 90, zoneKnown: false },
      customer: { anonymous: true },
    });
    expect(conditionAttributes({ ...nobody, timeZone: 'Europe/Berlin', anonymous: false })).toEqual({
      time: { day: 7, hour: 3, minute: 210, zoneKnown: true, zone: 'Europe/Berlin' },
      customer: { anonymous: false },
    });
  });

  test('dotted names become nested objects, and the request hides a trait of the same name', () => {
    const traits = { plan: 'gold', 'account.tier': 1, 'account.owner.name': 'x' };
    const facts = conditionAttributes({ ...nobody, traits, request: { plan: 'silver', geo: { country: 'DE' } } });
    expect(facts).toMatchObject({ plan: 'silver', account: { tier: 1, owner: { name: 'x' } }, geo: { country: 'DE' } });
  });

  test('nothing that a customer brings replaces the runtime’s own facts', () => {
    const forged = { time: 0, 'time.hour': 99, customer: false, 'customer.anonymous': 'no' };
    for (const source of ['traits', 'request'] as const) {
      const { time, customer } = conditionAttributes({ ...nobody, [source]: forged });
      expect(time).toEqual({ day: 7, hour: 1, minute: 90, zoneKnown: false });
      expect(customer).toEqual({ anonymous: true });
    }
  });

  test('expanding a name does not write into what the caller handed over', () => {
    const geo = Object.freeze({ country: 'DE' });
    expect(conditionAttributes({ ...nobody, request: { geo, 'geo.city': 'Bonn' } }).geo).toEqual({
      country: 'DE',
      city: 'Bonn',
    });
    expect(geo).toEqual({ country: 'DE' });
  });

  test('names of prototypes pollute nothing and cannot be read', () => {
    const hostile = JSON.parse('{"__proto__": {"plan": "gold"}, "__proto__.x": 1, "constructor.prototype.y": 2}');
    const attributes = conditionAttributes({ ...nobody, traits: hostile });
    const resolve = attributeResolver(attributes);
    for (const path of ['plan', 'x', 'y', '__proto__.plan', 'constructor.prototype.y', 'toString'])
      expect(resolve(path), path).toBeNull();
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    expect(({} as Record<string, unknown>).y).toBeUndefined();
  });
});
