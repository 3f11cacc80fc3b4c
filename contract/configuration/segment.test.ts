import { describe, expect, test } from 'vitest';
import { findings } from '../issues.ts';
import { campaign } from './campaign.ts';
import { segment } from './segment.ts';

function problemsOf(condition: unknown): Record<string, string> {
  const result = segment.safeParse({ id: 's', name: 's', condition });
  if (result.success) return {};
  return Object.fromEntries(findings(result.error.issues).map(({ path, detail }) => [path.join(' '), detail]));
}

describe('conditions are read when their document is written', () => {
  test.each([
    ['an unknown operator at the top', { $where: 1 }, 'condition $where', 'is not an operator'],
    [
      'an operator of an attribute with dots in its name',
      { 'geo.country': { $like: 'D' } },
      'condition geo.country $like',
      'is not an operator',
    ],
    [
      'deep in a list, beside a shorter name that begins alike',
      { $or: [{ plan: 1 }, { 'plan.city': { $in: 'B' }, plan: 'x' }] },
      'condition $or 1 plan.city $in',
      'must be a list',
    ],
    ['a list that is none', { $and: 1 }, 'condition $and', 'must be a list'],
    ['a misspelt counter', { 'touches.email.count.7w': 1 }, 'condition touches.email.count.7w', 'is not a counter'],
    ['a window without a unit', { 'behaviour.look.count.7': 1 }, 'condition behaviour.look.count.7', 'like 7d'],
    ['a window that is too long', { 'behaviour.look.count.91d': 1 }, 'condition behaviour.look.count.91d', '90 days'],
    ['a counter without a window', { 'behaviour.look.count': 1 }, 'condition behaviour.look.count', '.count.7d'],
    ['a name that is none', { 'touches.E-Mail.count.7d': 1 }, 'condition touches.E-Mail.count.7d', 'second part'],
    ['a measure that is none', { 'touches.all.value.7d': 1 }, 'condition touches.all.value.7d', 'hoursSinceLast'],
    [
      'a misspelt fact of the request',
      { $not: { 'device.typ': 'mobile' } },
      'condition $not device.typ',
      'is not known of a request: did you mean "device.type"?',
    ],
    ['facts as an object', { device: { type: 'mobile' } }, 'condition device', 'there are device.type, device.os'],
    ['a pattern', { plan: { $regex: '(' } }, 'condition plan $regex', 'is not a pattern'],
    ['no object', 3, 'condition', 'must be an object'],
  ])('%s', (_title, condition, at, detail) => {
    const problems = problemsOf(condition);
    expect(Object.keys(problems)).toEqual([at]);
    expect(problems[at]).toContain(detail);
  });

  test('everything that is wrong is told at once, twenty things at most', () => {
    const condition = {
      'behaviour.look.count.7': 1,
      'device.typ': 'mobile',
      $or: [{ plan: { $like: 'x' } }, { 'geo.land': 'DE' }],
    };
    expect(Object.keys(problemsOf(condition))).toEqual([
      'condition behaviour.look.count.7',
      'condition $or 0 plan $like',
      'condition device.typ',
      'condition $or 1 geo.land',
    ]);
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`device.fact${i}`, 1]));
    expect(Object.keys(problemsOf(many))).toHaveLength(20);
  });

  test('nesting beyond the limit is told without overflowing', () => {
    let deep: object = {};
    for (let i = 0; i < 40; i++) deep = { $and: [deep] };
    expect(Object.values(problemsOf(deep))).toEqual(['is nested too deep']);
  });

  test('what a condition refers to may be missing until publish', () => {
    expect(problemsOf({ $inSegment: 'nobody', colour: 'red', 'outcomes.sale.count.7d': { $gte: 1 } })).toEqual({});
  });

  test('audience and contexts of a campaign as well', () => {
    const result = campaign.safeParse({
      id: 'c',
      name: 'c',
      objective: { goal: 'click' },
      placements: ['hero'],
      audience: { condition: { $where: 1 } },
      contexts: [
        { id: 'x', condition: {} },
        { id: 'y', condition: { plan: { $like: 1 } } },
      ],
      arms: [{ id: 'a', content: {} }],
    });
    expect(findings(result.error?.issues ?? []).map(({ path }) => path.join('/'))).toEqual([
      'audience/condition/$where',
      'contexts/1/condition/plan/$like',
    ]);
  });
});
