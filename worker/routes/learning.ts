/** `GET /v1/campaigns/{id}/learning`, `POST …/hold` and `POST …/release`. */
import * as z from 'zod';
import { holdRequest, type LearningResponse, learningResponse, releaseRequest } from '../../contract/learning.ts';
import { slug } from '../../contract/primitives.ts';
import type { LearningView } from '../../durable-objects/campaign/learning-view.ts';
import { holdLearning, readLearning, releaseLearning } from '../configuration/learning.ts';
import { publishedCampaign } from '../edge/published-campaign.ts';
import type { App } from '../http/app.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem } from '../http/problem.ts';
import { callerOf } from './configuration/caller.ts';

const params = z.strictObject({ id: slug });
const responses = {
  200: { description: 'Where its learning stands', schema: learningResponse },
  404: { description: '`not_found`: no such campaign is published' },
};

/** `since` may be so far ahead of this host's clock: a caller's "now" is no moment of the future. */
const CLOCK_AHEAD_MS = 60_000;

/** Registers the three. */
export function registerLearning(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/campaigns/{id}/learning',
      tag: 'Insight',
      summary: 'Whether a campaign learns from what arrives',
      description: 'The hold with what was odd, how much the watch of its feedback knows, and hours that are left out.',
      auth: 'secret',
      params,
      responses,
    },
    async (c, { params: { id } }) => {
      const published = await publishedCampaign(c, id);
      if (published instanceof Response) return published;
      return c.json(answerOf(id, await readLearning(c.env, c.auth.workspaceId, id)));
    },
  );
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/campaigns/{id}/learning/hold',
      tag: 'Publishing',
      summary: 'Hold the learning of a campaign',
      description: 'Evidence is counted on; the published allocation stays until it is released. The audit has it.',
      auth: 'secret',
      params,
      body: holdRequest,
      responses,
    },
    async (c, { params: { id }, body }) => {
      const published = await publishedCampaign(c, id);
      if (published instanceof Response) return published;
      return c.json(answerOf(id, await holdLearning(callerOf(c), id, body)));
    },
  );
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/campaigns/{id}/learning/release',
      tag: 'Publishing',
      summary: 'Let the learning of a campaign go on',
      description: 'With everything that was counted, or without what came since the hold began. The audit has it.',
      auth: 'secret',
      params,
      body: releaseRequest,
      responses: { ...responses, 409: { description: '`not_held`: there is nothing to release' } },
    },
    async (c, { params: { id }, body }) => {
      const published = await publishedCampaign(c, id);
      if (published instanceof Response) return published;
      const { env, workspaceId, nowMs } = callerOf(c);
      if (body.since !== undefined && Date.parse(body.since) > nowMs + CLOCK_AHEAD_MS)
        return problem(c, 'invalid_request', { errors: [{ field: '/since', detail: 'lies in the future' }] });
      // Asked first: the audit tells of releases, and not of what had nothing to release.
      if (!(await readLearning(env, workspaceId, id)).hold) return problem(c, 'not_held');
      const reply = await releaseLearning(callerOf(c), id, body);
      if (reply.outcome === 'released') return c.json(answerOf(id, reply.view));
      if (reply.reason === 'not_held') return problem(c, 'not_held');
      const errors = [{ field: '/keep', detail: 'too many ranges of hours are left out already: release with all' }];
      return problem(c, 'invalid_request', { errors });
    },
  );
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

function answerOf(campaign: string, { hold, watch, leftOut }: LearningView): LearningResponse {
  return {
    campaign,
    hold: hold && {
      since: isoOf(hold.sinceMs),
      cause: hold.cause,
      ...(hold.actor !== undefined && { by: hold.actor }),
      anomalies: hold.anomalies.map((anomaly) => ({ ...anomaly })),
    },
    watch: watch && {
      hold: watch.holds,
      sensitivity: watch.sensitivity,
      knownHours: watch.knownHours,
      judges: watch.judges,
    },
    leftOut: leftOut.map(({ fromMs, untilMs }) => ({ from: isoOf(fromMs), until: isoOf(untilMs) })),
  };
}
