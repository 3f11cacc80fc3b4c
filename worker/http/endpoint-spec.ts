/** What is declared of an endpoint. */
import type * as z from 'zod';
import type { ProblemName } from '../../contract/problem.ts';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** What an endpoint answers with one status. Problems that any endpoint of its kind has need not be listed. */
export interface EndpointResponse {
  readonly description: string;
  /** JSON body; none for 204 and 304. An error without one is a problem document. */
  readonly schema?: z.ZodType;
  /** Of a body that is no JSON. */
  readonly mediaType?: string;
  /** Header name → what it says. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface EndpointSpec<B extends z.ZodType, P extends z.ZodType, Q extends z.ZodType> {
  readonly method: Method;
  /** OpenAPI pattern: `/v1/campaigns/{id}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /**
   * `any`: publishable or secret, header or body, `text/plain` accepted, and without a body a publishable one as `key` of the address; `secret`:
   * secret keys only.
   */
  readonly auth: 'none' | 'any' | 'secret';
  /** An empty body is `undefined` to it: wrap it in `.optional()` to allow that. */
  readonly body?: B;
  /** {@link MAX_BODY_BYTES} unless told. */
  readonly maxBodyBytes?: number;
  readonly params?: P;
  readonly query?: Q;
  /** Request headers to document: name → what it is for. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly responses: Readonly<Record<number, EndpointResponse>>;
  /** What it refuses besides what any endpoint of its kind does, where the title of the problem says enough. */
  readonly refusals?: readonly ProblemName[];
  /**
   * What is answered instead when parts are down or late: the body has been checked, the key has not. Such an endpoint has a decision's
   * deadline, and reads its body before it looks at the key.
   */
  standIn?(body: z.output<B>): unknown;
}

/** What was checked. Parts that the endpoint does not declare are undefined. */
export interface EndpointInput<B extends z.ZodType, P extends z.ZodType, Q extends z.ZodType> {
  readonly body: z.output<B>;
  /** The body as it was sent, before its schema filled in defaults; checked all the same. */
  readonly raw: unknown;
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
}
