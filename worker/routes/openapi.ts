/** `GET /openapi.json`: what this API can do, for people, generators and the reference page. */
import type { App } from '../http/app.ts';
import { openApiDocument } from '../http/openapi.ts';

/** Not an endpoint of the document itself: readers of the document have it already. */
export function registerOpenApi(app: App): void {
  app.on('GET', '/openapi.json', (c) => {
    c.route = '/openapi.json';
    return c.json(openApiDocument(app));
  });
}
