/** What is wrong with an answer: whatever the document does not say of it, and whatever no answer may have. */
import type { ApiDocument, Operation } from './document.ts';

export interface Answered {
  readonly method: string;
  /** With its escapes. */
  readonly path: string;
  /** Of the request. */
  readonly origin: string | null;
  /** Of the request; empty when there is none, or none that is text. */
  readonly body: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Frames of a stack, files of ours, names of packages: nothing that a caller should read. */
const INSIDE =
  /\n\s+at |\bat [\w.<>$]+ \(|\.(?:ts|mjs|js):\d+|node_modules|file:\/\/\/|D1_ERROR|SQLITE_|\b(?:Type|Range|Reference|Zod)Error\b/;

/** RFC 3986 has two spellings of one path: a router goes by what the parts of it stand for. */
function partsOf(path: string): string[] {
  return path.split('/').map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A problem says its own status, and is one of those that are told of the operation at this status. */
function* problemFaults(
  { isProblem }: ApiDocument,
  { status, text, headers }: Answered,
  description: string | undefined,
): Generator<string> {
  const body = json(text);
  if (!isProblem(body)) return yield `no problem document: ${text.slice(0, 200)}`;
  const problem = body as { status: number; type: string };
  if (problem.status !== status) yield `a problem of status ${problem.status} with status ${status}`;
  const name = problem.type.replace('/problems/', '');
  if (description !== undefined && !description.includes(`\`${name}\``)) yield `${status} ${name} is not documented`;
  if (status === 401 && !headers.has('www-authenticate')) yield '401 without WWW-Authenticate';
}

/** Where the document has no operation: an unknown path, a method that it does not take, a preflight. */
function* outsideFaults(document: ApiDocument, answered: Answered): Generator<string> {
  const { method, status, path, text, headers } = answered;
  if (method === 'OPTIONS') {
    if (status !== 204 || text !== '') yield `a preflight was answered with ${status}`;
    return;
  }
  // The document itself is not in the document.
  if (partsOf(path).join('/') === '/openapi.json' && (method === 'GET' || method === 'HEAD')) return;
  if (status !== 404 && status !== 405) return yield `${status} where nothing is documented`;
  if (status === 405 && !headers.has('allow')) yield '405 without Allow';
  if (method !== 'HEAD') yield* problemFaults(document, answered, undefined);
}

/** Something that was taken is something that the document lets people send. */
function* takenFaults({ allows }: Operation, { status, body }: Answered): Generator<string> {
  const sent = json(body.replace(/^\ufeff/, ''));
  if (status < 300 && allows && sent !== undefined && !allows(sent))
    yield `taken, though the document does not allow it: ${JSON.stringify(allows.errors?.slice(0, 3))}`;
}

function* operationFaults(document: ApiDocument, operation: Operation, answered: Answered): Generator<string> {
  const { status, text, method, headers } = answered;
  const documented = operation.answers.get(status);
  if (!documented) return yield `${status} is not documented: ${text.slice(0, 200)}`;
  if (method === 'HEAD') {
    if (text !== '') yield 'HEAD with a body';
    return;
  }
  if (documented.bodies.size === 0) {
    if (text !== '') yield `${status} is documented without a body: ${text.slice(0, 200)}`;
    return;
  }
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  const validate = documented.bodies.get(type);
  if (!validate) return yield `${status} with the content type "${type}"`;
  if (type.includes('json')) {
    const body = json(text);
    if (body === undefined) return yield 'no JSON';
    if (!validate(body)) yield `${status} is not as documented: ${JSON.stringify(validate.errors?.slice(0, 3))}`;
  }
  if (status >= 400) yield* problemFaults(document, answered, documented.description);
}

function* headerFaults({ headers, origin }: Answered): Generator<string> {
  if (headers.get('x-content-type-options') !== 'nosniff') yield 'no nosniff';
  if (headers.get('referrer-policy') !== 'no-referrer') yield 'no Referrer-Policy';
  for (const name of ['cache-control', 'server-timing', 'vary']) if (!headers.has(name)) yield `no ${name}`;
  if (headers.get('access-control-allow-origin') !== (origin || null)) yield 'CORS names another origin';
}

/** What workerd notes of its own timers. */
const OF_THE_RUNTIME = /^NOSENTRY SQLite alarm overdue/;

/** Errors that were answered away are errors all the same; so is what is no line of ours. */
export function logFaults(lines: readonly string[]): string[] {
  const isFault = (line: string) => (json(line) as { level?: string } | undefined)?.level !== 'info';
  return lines.filter((line) => isFault(line) && !OF_THE_RUNTIME.test(line));
}

/** Whether a line tells of an answer. */
export const isOfAnswer = (line: string): boolean =>
  (json(line) as { method?: string } | undefined)?.method !== undefined;

/** Everything that is wrong with it; none when it is as documented. */
export function faultsOf(document: ApiDocument, answered: Answered): string[] {
  const { method, path, status, text } = answered;
  const operation = document.operationMet(method, partsOf(path));
  return [
    ...(status >= 500 ? [`${status}: ${text.slice(0, 200)}`] : []),
    ...(INSIDE.test(text) ? [`tells of its inside: ${INSIDE.exec(text)?.[0]}`] : []),
    ...(operation ? operationFaults(document, operation, answered) : outsideFaults(document, answered)),
    ...(operation ? takenFaults(operation, answered) : []),
    ...headerFaults(answered),
  ];
}
