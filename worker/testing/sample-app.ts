/** An application for tests of what surrounds every endpoint. */
import * as z from 'zod';
import { bodyKey } from '../../contract/decisions.ts';
import { App } from '../http/app.ts';
import { useContract } from '../http/contract.ts';
import { contractHere } from '../http/contract-here.ts';
import { endpoint } from '../http/endpoint.ts';
import { Unavailable } from '../http/unavailable.ts';

/** How often a handler ran: a refused request must not get that far. */
export const handled = { count: 0 };

/** One endpoint of every sort. */
export function sampleApp() {
  const app = new App();
  useContract(app, contractHere);
  const body = z.strictObject({ key: bodyKey, name: z.string().max(20_000), size: z.int().default(1) });
  const responses = { 200: { description: 'Done', schema: z.strictObject({ site: z.string(), size: z.int() }) } };
  endpoint(
    app,
    { method: 'post', path: '/v1/any', tag: 'Decide', summary: 'Any key', auth: 'any', body, responses },
    (c, input) => {
      handled.count += 1;
      return c.json({ site: c.auth.siteId, size: input.body.size });
    },
  );
  endpoint(
    app,
    {
      method: 'put',
      path: '/v1/things/{id}',
      tag: 'Configuration',
      summary: 'Secret',
      auth: 'secret',
      params: z.strictObject({ id: z.string().max(8) }),
      body,
      responses,
    },
    (c, input) => {
      handled.count += 1;
      return c.json({ site: input.params.id, size: input.body.size });
    },
  );
  endpoint(
    app,
    {
      method: 'get',
      path: '/v1/things/{id}',
      tag: 'Configuration',
      summary: 'List',
      auth: 'secret',
      query: z.strictObject({ limit: z.coerce.number().int().max(100).default(10) }),
      responses,
    },
    (c, input) => c.json({ site: 's', size: input.query.limit }),
  );
  endpoint(
    app,
    {
      method: 'post',
      path: '/v1/optional',
      tag: 'Publishing',
      summary: 'Optional body',
      auth: 'secret',
      body: z.strictObject({ note: z.string() }).optional(),
      responses,
    },
    (c, input) => c.json({ site: input.body?.note ?? 'none', size: 0 }),
  );
  endpoint(
    app,
    { method: 'get', path: '/v1/broken', tag: 'Operations', summary: 'Throws', auth: 'none', responses },
    () => {
      throw new Error('secret customer@example.com');
    },
  );
  endpoint(
    app,
    { method: 'get', path: '/v1/down', tag: 'Operations', summary: 'Is down', auth: 'none', responses },
    () => {
      throw new Unavailable('publisher');
    },
  );
  return app;
}
