/** What the API's document says of each endpoint, kept until somebody asks for it. */
import type * as z from 'zod';
import type { App } from './app.ts';
import type { Description, Route } from './endpoint-spec.ts';

/** An endpoint as it is described: by its schemas, whatever checks it goes by itself. */
export type DescribedEndpoint = Omit<Route<z.ZodType, z.ZodType, z.ZodType>, 'standIn'> & Description;

const described = new WeakMap<App, DescribedEndpoint[]>();

/** Notes an endpoint; the document is written when somebody asks for it, not while the worker starts. */
export function describeEndpoint(app: App, spec: DescribedEndpoint): void {
  const specs = described.get(app) ?? [];
  specs.push(spec);
  described.set(app, specs);
}

/** In the order in which they were noted. */
export function describedEndpoints(app: App): readonly DescribedEndpoint[] {
  return described.get(app) ?? [];
}
