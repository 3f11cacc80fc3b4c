/** `GET` and `PUT /v1/campaigns/{id}/lifecycle`. */
import * as z from 'zod';
import { type LifecycleResponse, lifecycleResponse, steerRequest } from '../../contract/lifecycle.ts';
import { slug } from '../../contract/primitives.ts';
import type { LifecycleView } from '../../durable-objects/campaign/lifecycle-view.ts';
import type { Transition } from '../../durable-objects/campaign/transitions.ts';
import { readLifecycle, steerCampaign } from '../configuration/steering.ts';
import { publishedCampaign } from '../edge/published-campaign.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem } from '../http/problem.ts';
import { callerOf } from './configuration/caller.ts';

const HOUR_MS = 3_600_000;
const params = z.strictObject({ id: slug });
const responses = {
  200: { description: 'Where the campaign is', schema: lifecycleResponse },
  404: { description: '`not_found`: no such campaign is published, or it has no lifecycle' },
};

/** Registers both. */
export function registerLifecycle(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/campaigns/{id}/lifecycle',
      tag: 'Insight',
      summary: 'The phase a campaign is in',
      description: 'With the numbers it goes by, and every change of phase with the numbers that caused it.',
      auth: 'secret',
      params,
      responses,
    },
    async (c, { params: { id } }) => {
      const missing = await missingPhases(c, id);
      if (missing) return missing;
      return c.json(answerOf(id, await readLifecycle(c.env, c.auth.workspaceId, id)));
    },
  );
  endpoint(
    app,
    {
      method: 'put',
      path: '/v1/campaigns/{id}/lifecycle',
      tag: 'Publishing',
      summary: 'Hold, force or let go of the phase of a campaign',
      description:
        'Works within 5 seconds, without publishing, and survives publishes and rollbacks. The audit has it.',
      auth: 'secret',
      params,
      body: steerRequest,
      responses,
    },
    async (c, { params: { id }, body }) => {
      const missing = await missingPhases(c, id);
      if (missing) return missing;
      return c.json(answerOf(id, await steerCampaign(callerOf(c), id, body)));
    },
  );
}

/** The answer for a campaign that has no phases; undefined when it has. */
async function missingPhases(c: Call, id: string): Promise<Response | undefined> {
  const published = await publishedCampaign(c, id);
  if (published instanceof Response) return published;
  if (!published.campaign.policy.lifecycle)
    return problem(c, 'not_found', { detail: 'This campaign has no lifecycle' });
  return undefined;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

function answerOf(campaign: string, view: LifecycleView): LifecycleResponse {
  const { phase, sinceMs, mode, evidenceSinceMs, rules, numbers, transitions } = view;
  return {
    campaign,
    phase,
    since: isoOf(sinceMs),
    mode,
    settings: { ...rules.phases[phase] },
    evidenceSince: evidenceSinceMs === null ? null : isoOf(evidenceSinceMs),
    numbers: { ...numbers },
    thresholds: { ...rules.thresholds },
    transitions: transitions.map(transitionAnswer),
  };
}

function transitionAnswer({ atMs, from, to, cause, actor, numbers, alarm }: Transition) {
  return {
    at: isoOf(atMs),
    from,
    to,
    cause,
    ...(actor !== undefined && { by: actor }),
    numbers: { ...numbers },
    ...(alarm && {
      drift: {
        arm: alarm.armId,
        since: isoOf(alarm.sinceHour * HOUR_MS),
        rateBefore: alarm.rateBefore,
        rateAfter: alarm.rateAfter,
        score: alarm.score,
        threshold: alarm.threshold,
      },
    }),
  };
}
