/** Trials of watched campaigns, by the site that they were shown on. */
import { expect, it } from 'vitest';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import { customerOf, MINUTE_MS, PURCHASE, START_MS, settle, sumsIn, worldOf } from './testing/fixtures.ts';

const campaign = campaignOf('c', {
  objective: { goal: 'purchase', conversionWeight: 1, revenueWeight: 0, priority: 0 },
});
const sourcesOf = async (label: string, learning: { watch: true } | undefined) => {
  const world = worldOf(label, configurationOf([campaign], { goals: [PURCHASE] }));
  const ann = customerOf(world, 'ann');
  const record = (await ann.decide('r1', START_MS))!;
  await ann.see(record, START_MS + MINUTE_MS, undefined, learning);
  const order = (orderId: string, valueMinor: number, at: number) =>
    ann.reach(record, START_MS + at * MINUTE_MS, { orderId, valueMinor, ...(learning && { learning }) });
  await order('o1', 700, 2);
  await order('o1', 700, 3);
  await order('o2', 300, 4);
  await settle(ann);
  const [cell = {}] = Object.values(await sumsIn(world, 'c'));
  return cell;
};

it('one trial, one conversion and all revenue of the trial are its site’s, repeats once', async () => {
  expect(await sourcesOf('sources-watched', { watch: true })).toEqual({ 'source:shop': [1, 1, 1_000] });
});

it('a campaign that is not watched tells of no source', async () => {
  expect(await sourcesOf('sources-unwatched', undefined)).toEqual({});
});
