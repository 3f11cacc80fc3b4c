/** `GET /v1/campaigns/{id}/parameters/performance`: what each value of a campaign's parameters does. */
import * as z from 'zod';
import { parametersPerformanceResponse } from '../../contract/parameters-performance.ts';
import { slug } from '../../contract/primitives.ts';
import { rootStub } from '../../durable-objects/shared/calls.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { publishedCampaign } from '../edge/published-campaign.ts';
import type { App } from '../http/app.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem } from '../http/problem.ts';
import { parametersAnswer } from './parameters-answer.ts';

const query = z.strictObject({
  leaf: slug
    .optional()
    .meta({ description: 'Only this context of the campaign, or `rest`; all of them together unless told' }),
});

/** Figures come from the campaign's root, as those of its performance do. */
export function registerParameters(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/campaigns/{id}/parameters/performance',
      tag: 'Insight',
      summary: 'What the values of a campaign’s parameters do',
      description:
        'Per parameter and value: exposures, trials, conversions and rate of its arms, and its effect apart from the values and contexts it was shown ' +
        'with, in log-odds and as a ratio of rates, with 95 % intervals and the probability that it is the best of its parameter.',
      auth: 'secret',
      params: z.strictObject({ id: slug }),
      query,
      responses: {
        200: { description: 'The figures', schema: parametersPerformanceResponse },
        404: { description: '`not_found`: no such campaign is published, it has no parameters, or no such context' },
      },
    },
    async (c, { params: { id }, query: { leaf } }) => {
      const nowMs = c.receivedAtMs;
      const { workspaceId } = c.auth;
      const published = await publishedCampaign(c, id);
      if (published instanceof Response) return published;
      const { campaign } = published;
      const { parameters, leaves } = campaign.policy;
      if (!parameters)
        return problem(c, 'not_found', { detail: 'The campaign has no parameters: its arms are its own' });
      if (leaf !== undefined && !leaves.includes(leaf))
        return problem(c, 'not_found', { detail: `The campaign has no context "${leaf}"` });
      const done = c.timing.start('root');
      const view = await withRetry(async () => (await rootStub(c.env, workspaceId, id)).view());
      done();
      return c.json(parametersAnswer(id, campaign, parameters, view, { leaf, nowMs }));
    },
  );
}
