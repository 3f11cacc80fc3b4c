/** `GET /v1/decisions/{id}`: a decision as it was made. */
import * as z from 'zod';
import { candidate } from './candidate.ts';
import { explainedScores } from './models/explanations.ts';

/** What of a receipt is worked out only where it is asked for. */
export const receiptQuery = z.strictObject({
  explain: z.enum(['models']).optional().meta({ description: '`models`: the scores that decided are explained' }),
});

export const receiptResponse = z
  .strictObject({
    decisionId: z.string(),
    record: z
      .record(z.string(), z.unknown())
      .meta({ description: 'What was decided: campaign, arm, propensities, times' }),
    exposedAt: z.iso.datetime().nullable(),
    dispatchedAt: z.iso
      .datetime()
      .optional()
      .meta({ description: 'When its message went out, where that was told first' }),
    claims: z
      .strictObject({
        units: z.array(z.strictObject({ ledger: z.string(), units: z.int() })),
        state: z.enum(['open', 'posted', 'void']),
      })
      .optional()
      .meta({ description: 'What it took of ledgers and what became of that; absent when it took nothing' }),
    outcomes: z.array(
      z.strictObject({
        goal: z.string(),
        at: z.iso.datetime(),
        valueMinor: z.int().meta({ description: 'In minor units, or in the unit of a goal whose values are no money' }),
      }),
    ),
    receipt: z.record(z.string(), z.unknown()).nullable().meta({
      description:
        'Everything decide() was told; null for a decision that was not stored when it was made: see `receipts` of the settings',
    }),
    slices: z
      .record(z.string(), z.unknown())
      .meta({ description: 'The rules slices that decided, by placement: with the receipt, all that a replay needs' }),
    candidates: z
      .record(z.string(), z.array(candidate))
      .meta({ description: 'Every campaign considered, by placement, with its reason' }),
    models: explainedScores.optional().meta({
      description: 'With `?explain=models`: the scores that decided, from what the models were given then',
    }),
  })
  .meta({ id: 'Receipt', description: 'A decision as it can be replayed and audited.' });
