/** Every answer is made here, at once with the headers that all of them have: to set them afterwards costs each decision more than its choice. */

/** How long a browser that was here asks by HTTPS alone: a year, as the static pages say. */
const HTTPS_ONLY_SECONDS = 31_536_000;

const COMMON = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': `max-age=${HTTPS_ONLY_SECONDS}`,
  vary: 'Origin',
  'x-content-type-options': 'nosniff',
};

/** Copied by each answer: a record of strings would be read anew. */
const commonHeaders = new Headers(COMMON);
const jsonHeaders = new Headers({ ...COMMON, 'content-type': 'application/json' });

/** What ordinary answers are made after: of another answer its parts are taken as they are, of an object each would be asked for by name. */
const ordinary = new Response(null, { headers: jsonHeaders });
const ordinaryHeaders = ordinary.headers;

/** An answer with any body, or none; `headers` go before those that every answer has. */
export function answerWith(
  body: BodyInit | null,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const all = new Headers(commonHeaders);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return new Response(body, { status, headers: all });
}

/** An answer of JSON. */
export function answerJson(value: unknown, status = 200, headers?: Readonly<Record<string, string>>): Response {
  const text = JSON.stringify(value);
  if (headers !== undefined) return answerWith(text, status, { 'content-type': 'application/json', ...headers });
  return new Response(text, { status, headers: jsonHeaders });
}

/** An ordinary answer of JSON, with its `Server-Timing`: told to the one that all are made after, for headers that are asked for afterwards are one more object of the platform's. */
export function answerTimed(value: unknown, timing: string): Response {
  ordinaryHeaders.set('server-timing', timing);
  return new Response(JSON.stringify(value), ordinary);
}
