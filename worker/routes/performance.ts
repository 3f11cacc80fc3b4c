/** `GET /v1/campaigns/{id}/performance`: what a campaign has learned, per arm and leaf and over time. */
import * as z from 'zod';
import { performanceResponse } from '../../contract/performance.ts';
import { slug } from '../../contract/primitives.ts';
import type { RootView } from '../../durable-objects/campaign/protocol.ts';
import { rootStub } from '../../durable-objects/shared/calls.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { readLearning } from '../configuration/learning.ts';
import { publishedCampaign } from '../edge/published-campaign.ts';
import type { App } from '../http/app.ts';
import { endpoint } from '../http/endpoint.ts';
import { performanceOf } from './performance-answer.ts';

/** Statistics are kept as long as anything is: 90 days. */
const MAX_HOURS = 90 * 24;
const DEFAULT_HOURS = 7 * 24;

const query = z.strictObject({
  hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_HOURS)
    .default(DEFAULT_HOURS)
    .meta({ description: 'How many of the latest hours `overTime` covers; all other figures cover everything' }),
});

async function readRoot(env: Env, workspaceId: string, campaignId: string): Promise<RootView> {
  return withRetry(async () => (await rootStub(env, workspaceId, campaignId)).view());
}

/** Figures come from the campaign's root, which lags behind acknowledged feedback by a second or two. */
export function registerPerformance(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/campaigns/{id}/performance',
      tag: 'Insight',
      summary: 'How a campaign performs',
      description:
        'Exposures, trials, conversions, rates with 95 % credible intervals, revenue, P(best) and allocation now, per arm and leaf and over time; ' +
        'beside them the reward per trial and secondary goals, where the campaign declares them; the holdout and the lift against it.',
      auth: 'secret',
      params: z.strictObject({ id: slug }),
      query,
      responses: {
        200: { description: 'The figures', schema: performanceResponse },
        404: { description: '`not_found`: no such campaign is published' },
      },
    },
    async (c, { params, query: { hours } }) => {
      const nowMs = c.receivedAtMs;
      const { workspaceId } = c.auth;
      const published = await publishedCampaign(c, params.id);
      if (published instanceof Response) return published;
      const { campaign, directory } = published;
      const { goals } = directory;
      const done = c.timing.start('root');
      const [view, hold] = await Promise.all([
        readRoot(c.env, workspaceId, params.id),
        // Figures are told without it, too: a root of the last version knows of no holds.
        readLearning(c.env, workspaceId, params.id).then(
          (learning) => learning.hold,
          () => null,
        ),
      ]);
      done();
      const held = hold && { since: new Date(hold.sinceMs).toISOString(), cause: hold.cause };
      const answer = performanceOf(params.id, campaign, view, { hours, nowMs, goals });
      return c.json({ ...answer, ...(held && { hold: held }) });
    },
  );
}
