/** `POST /v1/audience/estimate`: how many customers a segment or condition holds for now. */
import type { AudienceRequest, AudienceResponse } from '../../contract/audience.ts';
import { audienceRequest, audienceResponse } from '../../contract/audience.ts';
import { estimateAudience } from '../../decisioning/audience/estimate.ts';
import type { Estimate } from '../../decisioning/evaluation/interval.ts';
import { audienceQuestion } from '../configuration/audience.ts';
import { askSample } from '../edge/audience.ts';
import type { App } from '../http/app.ts';
import type { Call } from '../http/call.ts';
import { endpoint } from '../http/endpoint.ts';
import { refuse } from '../http/problem.ts';
import { Unavailable } from '../http/unavailable.ts';

/** Registers the route. */
export function registerAudience(app: App): void {
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/audience/estimate',
      tag: 'Insight',
      summary: 'Estimate how many customers match now',
      description:
        'Asks a random sample of up to 200 customers, live, for at most two seconds. Each answers yes or no; nothing else of them is read. ' +
        'Who refused analytics is not counted.',
      auth: 'secret',
      body: audienceRequest,
      responses: { 200: { description: 'The estimate, with 95 % intervals', schema: audienceResponse } },
    },
    (c, { body }) => estimate(c, body),
  );
}

async function estimate(c: Call, body: AudienceRequest): Promise<Response> {
  const { workspaceId } = c.auth;
  const nowMs = c.receivedAtMs;
  const checked = await audienceQuestion(c.env, workspaceId, body);
  if (!checked.ok) return refuse(c, checked.refusal);
  const { question, unknownAttributes } = checked.value;
  const done = c.timing.start('customers');
  const asked = await askSample(c.env, c.ctx, workspaceId, question, nowMs).catch(() => {
    throw new Unavailable('publisher');
  });
  done();
  const { customers, share, matching } = estimateAudience(asked);
  const answer: AudienceResponse = {
    customers: whole(customers),
    share: share && { estimate: share.estimate, interval: [share.low, share.high] },
    matching: whole(matching),
    sample: { held: asked.held, asked: asked.asked, answered: asked.answered, matched: asked.matched },
    unknownAttributes: [...unknownAttributes],
    asOf: new Date(nowMs).toISOString(),
  };
  return c.json(answer);
}

/** Customers are whole: the ends go outwards. */
function whole({ estimate, low, high }: Estimate): AudienceResponse['customers'] {
  // What rounding errors put beside a whole number is that number.
  const exact = (value: number, round: (value: number) => number) => round(Number(value.toPrecision(12)));
  return { estimate: Math.round(estimate), interval: [exact(low, Math.floor), exact(high, Math.ceil)] };
}
