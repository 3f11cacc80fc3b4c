/** Pause, resume and the kill switch: they work within 5 seconds and are no part of a revision. */
import * as z from 'zod';
import { slug } from '../../../contract/primitives.ts';
import {
  campaignState,
  killSwitchRequest,
  killSwitchResponse,
  switchesResponse,
} from '../../../contract/publishing.ts';
import { database } from '../../../db/database.ts';
import { readStoredSwitches } from '../../../db/queries/switches.ts';
import { setKillSwitch, setPaused } from '../../configuration/switches.ts';
import type { App } from '../../http/app.ts';
import { endpoint } from '../../http/endpoint.ts';
import { refuse } from '../../http/problem.ts';
import { callerOf } from './caller.ts';

/** Registers them all. */
export function registerSwitches(app: App): void {
  registerRead(app);
  registerPauses(app);
  registerKillSwitch(app);
}

function registerRead(app: App): void {
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/switches',
      tag: 'Publishing',
      summary: 'Where the kill switch and the pauses stand',
      auth: 'secret',
      responses: {
        200: {
          description: 'As they were set last; serving workers follow within 5 seconds',
          schema: switchesResponse,
        },
      },
    },
    async (c) => c.json(await readStoredSwitches(database(c.env.DB), c.auth.workspaceId)),
  );
}

function registerPauses(app: App): void {
  for (const [action, paused] of [
    ['pause', true],
    ['resume', false],
  ] as const) {
    endpoint(
      app,
      {
        method: 'post',
        path: `/v1/campaigns/{id}/${action}`,
        tag: 'Publishing',
        summary: paused ? 'Pause a campaign' : 'Resume a campaign',
        description: 'Works within 5 seconds, without publishing, and survives publishes and rollbacks.',
        auth: 'secret',
        params: z.strictObject({ id: slug }),
        responses: {
          200: { description: 'Its state now', schema: campaignState },
          404: { description: '`not_found`' },
        },
      },
      async (c, { params }) => {
        const done = await setPaused(callerOf(c), params.id, paused);
        return done.ok ? c.json({ id: params.id, paused }) : refuse(c, done.refusal);
      },
    );
  }
}

function registerKillSwitch(app: App): void {
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/kill-switch',
      tag: 'Publishing',
      summary: 'Switch every campaign of the workspace off, or on again',
      description: 'While it is on, every decision is default content.',
      auth: 'secret',
      body: killSwitchRequest,
      responses: { 200: { description: 'Its state now', schema: killSwitchResponse } },
    },
    async (c, { body }) => {
      await setKillSwitch(callerOf(c), body.on, body.reason);
      return c.json({ on: body.on });
    },
  );
}
