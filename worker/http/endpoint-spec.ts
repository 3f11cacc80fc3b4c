/** What is declared of an endpoint. */
import type * as z from 'zod';
import type { Check } from '../../contract/checks/check.ts';
import type { ProblemName } from '../../contract/problems.ts';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** What a part of a request must be: a schema, or the check of one, which says no more than yes or no. */
export type Part = z.ZodType | Check<unknown>;

/** What a part is once it was checked. */
export type Output<S extends Part> = S extends Check<infer T> ? T : S extends z.ZodType ? z.output<S> : never;

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

/** What is gone by when an endpoint is asked. */
export interface Route<B extends Part, P extends Part, Q extends Part> {
  readonly method: Method;
  /** OpenAPI pattern: `/v1/campaigns/{id}`. */
  readonly path: string;
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
  /**
   * What is answered instead when parts are down or late: the body has been checked, the key has not. Such an endpoint has a decision's
   * deadline, and reads its body before it looks at the key.
   */
  standIn?(body: Output<B>): unknown;
}

/** What the API's document says of an endpoint besides. */
export interface Description {
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Request headers to document: name → what it is for. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly responses: Readonly<Record<number, EndpointResponse>>;
  /** What it refuses besides what any endpoint of its kind does, where the title of the problem says enough. */
  readonly refusals?: readonly ProblemName[];
}

export type EndpointSpec<B extends Part, P extends Part, Q extends Part> = Route<B, P, Q> & Description;

/** What was checked. Parts that the endpoint does not declare are undefined. */
export interface EndpointInput<B extends Part, P extends Part, Q extends Part> {
  readonly body: Output<B>;
  /** The body as it was sent, before its schema filled in defaults; checked all the same. */
  readonly raw: unknown;
  readonly params: Output<P>;
  readonly query: Output<Q>;
}
