import { expect, test } from 'vitest';
import { Book, type Event } from './book.ts';

const of = (token: string): Event[] => [
  { campaign: 'c', token, kind: 'exposure' },
  { campaign: 'c', token, kind: 'goal' },
];

test('what is told again comes first, decision by decision: no request grows by it', () => {
  const book = new Book();
  for (const token of ['1', '2', '3', '4']) book.plan('page', of(token));
  const first = book.take('page', 3);
  book.putBack('page', first);
  expect(book.waiting).toBe(4);
  expect(book.take('page', 2)).toEqual([...of('1'), ...of('2')]);
  expect(book.take('server', 2)).toEqual([]);
});

test('an event counts when it is acknowledged, also where its first acknowledgement was lost', () => {
  const book = new Book();
  const [exposure, goal] = of('1') as [Event, Event];
  book.acknowledge(exposure, 'accepted');
  book.acknowledge(goal, 'duplicate');
  expect(book.told('c')).toEqual({ exposures: 1, conversions: 1 });
  expect([book.acknowledged, book.repeated]).toEqual([2, 1]);
});
