/** Decisions of a campaign whose parameters say where and when: on a page, and for a message. */
import { decide } from '../decisioning/decide.ts';
import { channelOf, configurationOf, DAY_MS, slicesOf } from '../decisioning/testing/configuration.ts';
import { inputOf } from '../decisioning/testing/decide-once.ts';
import { PLACE, parameterOf, steeredOf } from '../decisioning/testing/steered.ts';
import { evidenceFrom } from '../decisioning/view.ts';
import { type BenchRow, timeOf } from './clock.ts';

const OFFERS = 64;
const TIMES = parameterOf('time', 'timing', [
  { id: 'now' },
  { id: 'morning', window: { fromMinute: 360, toMinute: 600 } },
  { id: 'noon', window: { fromMinute: 690, toMinute: 780 } },
  { id: 'evening', window: { fromMinute: 1_080, toMinute: 1_260 } },
]);

/** The rows of this file. */
export function steeringRows(): BenchRow[] {
  const offers = Array.from({ length: OFFERS }, (_, i) => `offer-${i}`);
  const slices = slicesOf(
    configurationOf([steeredOf('steered', [parameterOf('offer', 'content', offers), PLACE, TIMES])], {
      placements: [
        { id: 'hero', name: 'Hero', channel: 'web' },
        { id: 'inbox', name: 'Inbox', channel: 'mail' },
      ],
      channels: [channelOf('mail', { claimTtlMs: DAY_MS })],
    }),
  );
  const { initialAllocation, armIds } = slices.slices.hero!.campaigns[0]!;
  const learned = (version: number) => {
    const posteriors = armIds.map((_, i) => ({ alpha: 3 + (i % 7), beta: 100 + version + i }));
    return { ...initialAllocation, version, leaves: { rest: { ...initialAllocation.leaves.rest!, posteriors } } };
  };
  const inputFor = (placement: string, version: number) => {
    const allocation = learned(version);
    const evidence = evidenceFrom(() => allocation);
    const customer = { timeZone: 'Europe/Berlin' };
    return { ...inputOf(slices, { placements: [placement], customer, evidence }), trace: false };
  };
  const armsAre = `${armIds.length} arms over two channels and four times`;
  const [page, message] = [inputFor('hero', 1), inputFor('inbox', 1)];
  return [
    { id: 'steering.page', what: `decide() on a page: ${armsAre}`, time: timeOf(() => chosen(page)) },
    { id: 'steering.message', what: 'decide() for a message of the same', time: timeOf(() => chosen(message)) },
    {
      id: 'steering.new_allocation',
      what: 'the first of these under a new allocation, making that included',
      time: timeOf((turn) => chosen(inputFor('hero', turn))),
    },
  ];
}

function chosen(input: Parameters<typeof decide>[0]): number {
  return decide(input)[0]!.chosen!.propensityArm;
}
