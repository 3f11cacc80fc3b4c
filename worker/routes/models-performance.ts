/** `GET /v1/models/{id}/performance`. */
import * as z from 'zod';
import { modelPerformance, modelPerformanceQuery } from '../../contract/models/performance.ts';
import { slug } from '../../contract/primitives.ts';
import { currentCatalog } from '../edge/catalog.ts';
import type { App } from '../http/app.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem } from '../http/problem.ts';
import { modelPerformanceOf } from '../models/performance.ts';

/** Registers it. */
export function registerModelPerformance(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/models/{id}/performance',
      tag: 'Models',
      summary: 'How good the versions of a model are among the trials that they scored',
      description:
        'Merged over all published campaigns: AUC, log loss, Brier score, calibration with its curve, drift of inputs and scores against training, rates of missing inputs and broken scores, by version and by leaf. Outcomes count where the campaign optimises the goal that the model’s manifest names, or has it score its arms.',
      auth: 'secret',
      params: z.strictObject({ id: slug }),
      query: modelPerformanceQuery,
      responses: {
        200: { description: 'Versions that scored a trial', schema: modelPerformance },
        404: { description: '`not_found`: there is no such model' },
      },
    },
    async (c, { params: { id }, query: { days } }) => {
      const { workspaceId } = c.auth;
      const nowMs = c.receivedAtMs;
      const current = await currentCatalog(c.env, c.ctx, workspaceId, nowMs);
      const campaigns = Object.keys(current?.catalog.directory.campaigns ?? {});
      const answer = await modelPerformanceOf(c.env, workspaceId, { id, campaigns, days, nowMs });
      return answer ? c.json(answer) : problem(c, 'not_found', { detail: `There is no model "${id}"` });
    },
  );
}
