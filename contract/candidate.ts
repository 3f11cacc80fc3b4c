/** A campaign that was considered for a customer, as explain and receipts show it. */
import * as z from 'zod';
import { HYBRID_METHODS } from '../decisioning/bandits/hybrid.ts';
import { REFUSAL_REASONS } from '../decisioning/reasons.ts';
import { slug } from './primitives.ts';

const candidateArm = z.strictObject({
  arm: z.string(),
  probability: z.number().meta({ description: 'P(arm) for this customer, exploration floor included' }),
  pBest: z.number().optional().meta({
    description:
      'P(its expected reward is the largest) in the leaf; absent where the policy predicts for the customer, and in receipts',
  }),
  score: z.number().optional().meta({
    description:
      "The customer's score, where the arm names one and it is from 0 to 1; scores count if every arm that may be shown has one",
  }),
  estimate: z
    .number()
    .optional()
    .meta({
      description:
        'Reward that a linear policy predicts for this customer: a rate, unless the campaign has another reward. Of a receipt with more than 64 arms that ' +
        'of the chosen one alone',
    }),
  margin: z.number().optional().meta({
    description:
      '`linear_ucb`: what is added to the estimate for what is not known yet; the largest sum is shown, unless scores are blended in',
  }),
  deviation: z
    .number()
    .optional()
    .meta({ description: '`linear_thompson`: standard deviation with which the estimate is drawn' }),
});

/** What was considered, with its reason, its value and what its arm is drawn from. */
export const candidate = z
  .strictObject({
    campaign: slug,
    outcome: z.enum(['chosen', 'refused']),
    kept: z
      .strictObject({ arm: z.string(), until: z.iso.datetime() })
      .optional()
      .meta({ description: 'The arm that stays with this customer for the sticky period' }),
    reason: z.enum(REFUSAL_REASONS).optional(),
    detail: z.string().optional().meta({ description: 'The reason in words' }),
    value: z.number().optional(),
    valueParts: z.record(z.string(), z.number()).optional().meta({
      description: "The value's terms, under the names of the workspace's preset; `fatigue` is what is taken off",
    }),
    leaf: z.string().optional(),
    strategy: z
      .string()
      .optional()
      .meta({ description: 'The strategy that decides for this customer, where there are several' }),
    probability: z.number().optional().meta({ description: 'P(campaign)' }),
    needs: z
      .array(
        z.strictObject({
          ledger: z.string(),
          needed: z.int().meta({ description: 'Units that the dearest arm takes' }),
          there: z.int().meta({ description: 'Units that could be claimed for it' }),
          price: z.number().meta({ description: 'What pacing asks for a unit, in the unit of values' }),
        }),
      )
      .optional()
      .meta({
        description: 'What it needs of ledgers; absent when nothing, and when it was refused for another reason before',
      }),
    features: z.record(z.string(), z.number()).optional().meta({
      description: 'What the campaign sees of the customer, by name (`<id>=<value>` of a category), scaled as declared',
    }),
    hybrid: z
      .strictObject({
        method: z.enum(HYBRID_METHODS).meta({ description: 'Who decides: whoever is surer' }),
        banditConfidence: z.number().meta({ description: 'P(best) of the arm that leads in the leaf' }),
        modelConfidence: z
          .number()
          .nullable()
          .meta({ description: 'What the version has shown in this leaf so far; null until that is enough' }),
        model: z
          .string()
          .optional()
          .meta({ description: '`<model>@<version>` that scored the arms; absent when none did' }),
      })
      .optional()
      .meta({ description: 'Of strategies with `hybrid`: who draws the arm for this customer, bandit or model' }),
    arms: z.array(candidateArm).optional().meta({
      description:
        'What the arm is drawn from, of more than 64 the likeliest; of a receipt what it was drawn from, of the chosen campaign alone',
    }),
    armsLeftOut: z
      .int()
      .optional()
      .meta({ description: 'Arms that are less likely than those told; absent when all are told' }),
  })
  .meta({ id: 'Candidate' });
