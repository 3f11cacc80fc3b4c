/** `GET /v1/campaigns/{id}/strategies/performance`: the strategies of a campaign side by side. */
import * as z from 'zod';
import { slug } from '../../contract/primitives.ts';
import { strategiesPerformanceResponse } from '../../contract/strategies.ts';
import type { RootView } from '../../durable-objects/campaign/protocol.ts';
import { rootStub } from '../../durable-objects/shared/calls.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { publishedCampaign } from '../edge/published-campaign.ts';
import type { App } from '../http/app.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem } from '../http/problem.ts';
import { strategiesOf } from './strategies-answer.ts';

/** Registers the route. */
export function registerStrategies(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/campaigns/{id}/strategies/performance',
      tag: 'Insight',
      summary: 'How the strategies of a campaign compare',
      description:
        'Rate, reward, P(best) and regret of each with 95 % intervals, the shares declared and realised with their sample-ratio test; retired strategies stay.',
      auth: 'secret',
      params: z.strictObject({ id: slug }),
      responses: {
        200: { description: 'The comparison', schema: strategiesPerformanceResponse },
        404: { description: '`not_found`: no such campaign is published, or it has and had no `strategies`' },
      },
    },
    async (c, { params: { id } }) => {
      const nowMs = c.receivedAtMs;
      const { workspaceId } = c.auth;
      const published = await publishedCampaign(c, id);
      if (published instanceof Response) return published;
      const { campaign, directory } = published;
      const done = c.timing.start('root');
      const view = await withRetry(async (): Promise<RootView> => (await rootStub(c.env, workspaceId, id)).view());
      done();
      const answer = strategiesOf(id, campaign, view, { nowMs, goals: directory.goals });
      if (answer.strategies.length === 0)
        return problem(c, 'not_found', { detail: 'The campaign has one strategy: there is nothing to compare' });
      return c.json(answer);
    },
  );
}
