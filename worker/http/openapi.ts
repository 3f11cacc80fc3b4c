/** The OpenAPI 3.1 document of every endpoint. JSON Schemas come from zod itself, which knows every construct the contract uses. */
import type * as z from 'zod';
import type { App } from '../app.ts';
import type { EndpointSpec } from './endpoint.ts';

type AnySpec = EndpointSpec<z.ZodType, z.ZodType, z.ZodType>;

const described = new WeakMap<App, AnySpec[]>();

/** Notes an endpoint; the document is written when somebody asks for it, not while the worker starts. */
export function describeEndpoint(app: App, spec: unknown): void {
  const specs = described.get(app) ?? [];
  specs.push(spec as AnySpec);
  described.set(app, specs);
}

/** The endpoints of an application in the order of their registration. */
export function describedEndpoints(app: App): readonly AnySpec[] {
  return described.get(app) ?? [];
}
