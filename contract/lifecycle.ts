/** `GET` and `PUT /v1/campaigns/{id}/lifecycle`: the phase a campaign is in, and how it came there. */
import * as z from 'zod';
import { PHASE_CAUSES } from '../decisioning/lifecycle/next-phase.ts';
import { PHASES } from '../decisioning/lifecycle/phases.ts';

const phase = z.enum(PHASES);

/** Longest reason that the audit keeps: what fits into one line of a ticket. */
const MAX_REASON_LENGTH = 500;

const numbers = z
  .strictObject({
    trials: z
      .number()
      .meta({ description: 'As they are weighed: faded ones count less, young ones with delay correction too' }),
    leastTrials: z
      .number()
      .meta({ description: 'Trials of the arm with the fewest, among those that customers can get' }),
    leastArm: z
      .string()
      .optional()
      .meta({ description: 'That arm: `initialization` waits for it. Missing in transitions of before it was noted' }),
    leader: z.string().meta({ description: 'The arm with the highest mean reward among those that customers can get' }),
    pBest: z.number().meta({ description: 'P(best) of the leading arm' }),
    expectedLoss: z.number().meta({ description: 'Of staying with the leading arm, as a share of its mean reward' }),
    width: z
      .number()
      .meta({ description: "Width of the leading arm's 95 % credible interval, as a share of its mean reward" }),
  })
  .meta({ id: 'PhaseNumbers', description: 'What phases go by: all leaves and strategies together' });

const settings = z.strictObject({
  floor: z.number(),
  admitted: z.number().meta({ description: 'Share of the customers that the campaign addresses' }),
  modelWeight: z.number().meta({ description: 'How much of the `modelWeight` of the strategy counts' }),
});

const transition = z.strictObject({
  at: z.iso.datetime(),
  from: phase.nullable(),
  to: phase,
  cause: z.enum(PHASE_CAUSES),
  by: z.string().optional().meta({ description: 'The key that forced it or let it go' }),
  numbers,
  drift: z
    .strictObject({
      arm: z.string(),
      since: z.iso.datetime(),
      rateBefore: z.number(),
      rateAfter: z.number(),
      score: z.number(),
      threshold: z.number(),
    })
    .optional()
    .meta({ description: 'The change of a rate that was found' }),
});

export const lifecycleResponse = z
  .strictObject({
    campaign: z.string(),
    phase,
    since: z.iso.datetime(),
    mode: z.enum(['auto', 'hold']).meta({ description: '`hold`: stays until it is let go' }),
    settings,
    evidenceSince: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'Trials from before are no longer learned from; null before the first change of a rate' }),
    numbers,
    thresholds: z.strictObject({
      trialsPerArm: z.int(),
      pBest: z.number(),
      expectedLoss: z.number(),
      width: z.number(),
    }),
    transitions: z.array(transition).meta({ description: 'Newest first, at most 100' }),
  })
  .meta({ id: 'Lifecycle' });

const reason = z.string().max(MAX_REASON_LENGTH).optional();

export const steerRequest = z
  .discriminatedUnion('mode', [
    z.strictObject({ mode: z.literal('auto'), reason }),
    z.strictObject({ mode: z.literal('hold'), reason }),
    z.strictObject({ mode: z.literal('force'), phase, reason }),
  ])
  .meta({
    id: 'SteerRequest',
    description:
      '`hold` keeps the phase, `force` enters one and keeps it, `auto` lets the campaign go by itself again: from a phase that was forced back to ' +
      'the one that its evidence has reached',
  });

export type LifecycleResponse = z.infer<typeof lifecycleResponse>;
export type SteerRequest = z.infer<typeof steerRequest>;
