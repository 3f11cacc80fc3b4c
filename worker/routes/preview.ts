/** `POST /v1/campaigns/{id}/preview`: a signed link that shows one arm to whoever opens it. */
import * as z from 'zod';
import { slug } from '../../contract/primitives.ts';
import { previewRequest, previewResponse } from '../../contract/publishing.ts';
import { signPreview } from '../edge/preview.ts';
import { publishedCampaign } from '../edge/published-campaign.ts';
import type { App } from '../http/app.ts';
import { endpoint } from '../http/endpoint.ts';
import { problem } from '../http/problem.ts';

/** Query parameter that the page script reads. */
const PREVIEW_PARAMETER = 'hyperedge_preview';

/** Only published arms have content to show. */
export function registerPreview(app: App): void {
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/campaigns/{id}/preview',
      tag: 'Configuration',
      summary: 'Sign a preview of one arm',
      description: 'Whoever opens a page with it sees the arm, whatever the audience and the caps; it counts nowhere.',
      auth: 'secret',
      params: z.strictObject({ id: slug }),
      body: previewRequest,
      responses: {
        200: { description: 'The signed preview', schema: previewResponse },
        404: { description: '`not_found`: no such campaign or arm is published' },
      },
    },
    async (c, { params, body }) => {
      const nowMs = c.receivedAtMs;
      const { workspaceId } = c.auth;
      const published = await publishedCampaign(c, params.id);
      if (published instanceof Response) return published;
      if (!published.campaign.armIds.includes(body.arm)) {
        return problem(c, 'not_found', {
          detail: 'The published campaign has no such arm',
          errors: [{ field: '/arm', detail: 'is not an arm of it' }],
        });
      }
      const expiresAtMs = nowMs + body.ttlMinutes * 60_000;
      const preview = await signPreview(c.env, workspaceId, {
        campaignId: params.id,
        armId: body.arm,
        expiresAtMs,
        ...(body.reasons && { reasons: true }),
      });
      return c.json({
        preview,
        query: `${PREVIEW_PARAMETER}=${preview}`,
        expiresAt: new Date(expiresAtMs).toISOString(),
      });
    },
  );
}
