/** One way to declare an endpoint: its path in the OpenAPI document and its route, with every check in front of the handler. */
import type * as z from 'zod';
import { noQuery } from '../../contract/checks/requests.ts';
import { MAX_BODY_BYTES } from '../../contract/limits.ts';
import { requireSecrets } from '../secrets.ts';
import type { App } from './app.ts';
import { authenticate, headerKey } from './authenticate.ts';
import { readBody } from './body.ts';
import type { Call } from './call.ts';
import { contractOf, type Kind } from './contract.ts';
import { ADMIN_DEADLINE_MS, Deadline, decideDeadlineMs, FEEDBACK_DEADLINE_MS } from './deadline.ts';
import { type DescribedEndpoint, describeEndpoint } from './described.ts';
import type { EndpointInput, EndpointSpec, Part, Route } from './endpoint-spec.ts';
import { answerInTime } from './in-time.ts';
import { parseJson } from './json.ts';
import { isLater } from './later.ts';
import { type Checked, refuse, refused } from './problem.ts';
import { admitNetwork } from './rate.ts';

type AnySpec = Route<Part, Part, Part>;

/** `application/json` and its `+json` relatives; `text/plain` where pages send without a preflight; no type at all counts as JSON. */
function checkMediaType(spec: AnySpec, header: string | undefined): Checked<undefined> {
  const type = header?.split(';')[0]?.trim().toLowerCase() ?? '';
  const isJson = type === '' || type === 'application/json' || /^application\/[\w.-]+\+json$/.test(type);
  if (isJson || (spec.auth === 'any' && type === 'text/plain')) return { ok: true, value: undefined };
  return refused('unsupported_media_type', 'Send Content-Type: application/json');
}

/** The body as JSON, undefined when it is empty and the endpoint allows that. */
async function readJson(c: Call, spec: AnySpec): Promise<Checked<unknown>> {
  if (!spec.body) return { ok: true, value: undefined };
  const text = await readBody(c.request, spec.maxBodyBytes ?? MAX_BODY_BYTES, c.header('content-length'));
  if (!text.ok) return text;
  if (text.value === '' && spec.body.safeParse(undefined).success) return { ok: true, value: undefined };
  const type = checkMediaType(spec, c.header('content-type'));
  return type.ok ? parseJson(text.value) : type;
}

function bodyKeyOf(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || !('key' in json)) return undefined;
  return typeof json.key === 'string' ? json.key : undefined;
}

/** Of what a page gets without a body. A secret key has no place in an address, which logs keep. */
function addressKeyOf(c: Call): string | undefined {
  const key = c.query().key;
  return key?.startsWith('pk_') ? key : undefined;
}

type Judged = Checked<unknown> | Promise<Checked<unknown>>;
/** Reads the body as JSON, once however often it is asked for. */
type ReadOnce = () => Judged;
/** Whether a part is as it must be, as `judge` says where its own check is not sure. */
type Judge = (part: Part | undefined, read: () => unknown, kind: Kind) => Judged;

const NOTHING = { ok: true, value: undefined } as const;

/** What was said of the body is remembered: a stand-in says the same, and nobody is asked twice. */
function judgeFor(app: App, c: Call): Judge {
  let ofBody: Judged | undefined;
  const judge: Judge = (part, read, kind) => {
    if (!part) return NOTHING;
    const value = read();
    const taken = part.safeParse(value);
    return taken.success ? { ok: true, value: taken.data } : contractOf(app)(c, part, value, kind);
  };
  return (part, read, kind) => {
    if (kind !== 'body') return judge(part, read, kind);
    ofBody ??= judge(part, read, kind);
    return ofBody;
  };
}

function readOnceFor(c: Call, spec: AnySpec): ReadOnce {
  let reading: Judged | undefined;
  return () => {
    reading ??= readJson(c, spec).then((read) => {
      reading = read;
      return read;
    });
    return reading;
  };
}

/** Who shows no key that can be read asks out of their network's allowance all the same: nobody is refused, and logged, without end. */
async function orTooMany<R extends Checked<unknown>>(c: Call, refusal: R): Promise<R | Checked<never>> {
  const admitted = await admitNetwork(c.env, c, undefined, c.receivedAtMs);
  return admitted.ok ? refusal : admitted;
}

/**
 * Everything that is checked before the handler runs. A key in the header is checked before the body is read, so that nobody without
 * one makes us read 256 KB.
 */
async function check(
  c: Call,
  spec: AnySpec,
  readOnce: ReadOnce,
  judge: Judge,
): Promise<Checked<{ body: unknown; raw: unknown; params: unknown; query: unknown }>> {
  const fromHeader =
    spec.auth === 'none' ? ({ ok: true, value: undefined } as const) : headerKey(c.header('authorization'));
  if (!fromHeader.ok) return orTooMany(c, fromHeader);
  if (spec.auth === 'none') {
    const admitted = await admitNetwork(c.env, c, undefined, c.receivedAtMs);
    if (!admitted.ok) return admitted;
  }
  const fromAddress = spec.auth === 'any' && spec.body === undefined ? addressKeyOf(c) : undefined;
  const keyComesInBody = spec.auth === 'any' && fromHeader.value === undefined && spec.body !== undefined;
  if (spec.auth !== 'none' && !keyComesInBody) {
    const auth = await authenticate(c, fromHeader.value ?? fromAddress, spec.auth);
    if (!auth.ok) return auth;
    c.auth = auth.value;
  }
  const reading = readOnce();
  const json = isLater(reading) ? await reading : reading;
  if (!json.ok) return keyComesInBody ? orTooMany(c, json) : json;
  if (keyComesInBody) {
    const auth = await authenticate(c, bodyKeyOf(json.value), 'any');
    if (!auth.ok) return auth;
    c.auth = auth.value;
  }
  const ofParams = judge(spec.params, () => c.params, 'parameter');
  const params = isLater(ofParams) ? await ofParams : ofParams;
  if (!params.ok) return params;
  // A parameter that nobody reads is a slip; pages may add some of their own to what they call.
  const queried = spec.query ?? (spec.auth === 'secret' ? noQuery : undefined);
  const ofQuery = judge(queried, () => c.query(), 'parameter');
  const query = isLater(ofQuery) ? await ofQuery : ofQuery;
  if (!query.ok) return query;
  const ofBody = judge(spec.body, () => json.value, 'body');
  const body = isLater(ofBody) ? await ofBody : ofBody;
  if (!body.ok) return body;
  return { ok: true, value: { body: body.value, raw: json.value, params: params.value, query: query.value } };
}

/**
 * Registers an endpoint that is described elsewhere. The handler runs once the key, the origin, the body's size and form and every field have been checked;
 * what it gets is typed as its checks' output.
 */
export function route<
  B extends Part = z.ZodUndefined,
  P extends Part = z.ZodUndefined,
  Q extends Part = z.ZodUndefined,
>(
  app: App,
  spec: Route<B, P, Q>,
  handler: (c: Call, input: EndpointInput<B, P, Q>) => Response | Promise<Response>,
): void {
  app.on(spec.method.toUpperCase(), spec.path, async (c) => {
    c.route = spec.path;
    c.isFrequent = spec.auth === 'any';
    const readOnce = readOnceFor(c, spec as AnySpec);
    const judge = judgeFor(app, c);
    // A decision's time begins when the request is here: how long its sender takes to send it is not ours, and keeps no older catalog or proof alive.
    if (spec.standIn) {
      await readOnce();
      c.receivedAtMs = Date.now();
    }
    c.deadline = new Deadline(() => c.ctx, deadlineMsOf(c, spec));
    const work = async (): Promise<Response> => {
      if (spec.auth !== 'none') requireSecrets(c.env);
      const checked = await check(c, spec as AnySpec, readOnce, judge);
      if (!checked.ok) return refuse(c, checked.refusal);
      // Handed on as it is, a promise's value comes two turns of the queue later.
      return await handler(c, checked.value as EndpointInput<B, P, Q>);
    };
    return await answerInTime(
      c,
      work(),
      spec.standIn && (async () => standIn(c, spec as AnySpec, await readOnce(), judge)),
    );
  });
}

/** Registers an endpoint that says by itself what the API's document tells of it. */
export function endpoint<
  B extends z.ZodType = z.ZodUndefined,
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
>(
  app: App,
  spec: EndpointSpec<B, P, Q>,
  handler: (c: Call, input: EndpointInput<B, P, Q>) => Response | Promise<Response>,
): void {
  describeEndpoint(app, spec as DescribedEndpoint);
  route(app, spec, handler);
}

function deadlineMsOf(c: Call, spec: AnySpec): number {
  if (spec.standIn) return decideDeadlineMs(c.env);
  return spec.auth === 'any' ? FEEDBACK_DEADLINE_MS : ADMIN_DEADLINE_MS;
}

/** The answer of an endpoint whose parts are down; what is wrong with the request itself is told all the same. */
async function standIn(c: Call, spec: AnySpec, json: Checked<unknown>, judge: Judge): Promise<Response> {
  if (!json.ok) return refuse(c, json.refusal);
  const body = await judge(spec.body, () => json.value, 'body');
  if (!body.ok) return refuse(c, body.refusal);
  return c.json(spec.standIn?.(body.value) as never);
}
