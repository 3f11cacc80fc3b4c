/** `estimate`: how many customers match a segment, or the segments and audiences in files. */
import { parseArgs } from 'node:util';
import { type AudienceRequest, type AudienceResponse, audienceResponse } from '../../contract/audience.ts';
import { slug } from '../../contract/primitives.ts';
import type { Problem, ProblemError } from '../../contract/problem.ts';
import { type Api, callApi, postJson } from '../api.ts';
import type { CheckedDocument } from '../documents/check.ts';
import { CommandFailure, EXIT, usageFailure } from '../failure.ts';
import { LOCAL_FOLDER } from '../local.ts';
import { chooseTarget } from '../target.ts';
import { readChecked } from './push.ts';

/** An audience with the name to print it under. */
interface Asked {
  readonly name: string;
  readonly audience: AudienceRequest;
}

/** Asks the running Hyperedge about each, one after the other, and prints a line for each. */
export async function estimate(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { site: { type: 'string' }, key: { type: 'string' } },
  });
  if (positionals.length === 0) throw usageFailure('Name a segment, or files');
  const asked = askedFor(positionals);
  if (!asked) return EXIT.refused;
  const wishes = {
    site: values.site ?? (process.env.HYPEREDGE_SITE || undefined),
    key: values.key ?? process.env.HYPEREDGE_SECRET_KEY,
  };
  const api = chooseTarget(wishes, LOCAL_FOLDER);
  for (const { name, audience } of asked) {
    const reply = await postJson(api, '/v1/audience/estimate', JSON.stringify(audience));
    if (reply.outcome === 'refused') throw await whyRefused(api, name, audience, reply.problem);
    process.stdout.write(`${estimateLine(name, audienceResponse.parse(reply.body))}\n`);
  }
  return EXIT.ok;
}

/** Whoever names a campaign where a segment is asked for is told so. */
async function whyRefused(
  api: Api,
  name: string,
  audience: AudienceRequest,
  problem: Problem,
): Promise<CommandFailure> {
  const { title, detail, errors = [] } = problem;
  const isMissing = audience.segment === name && errors.some(({ field }) => field === '/segment');
  const campaign = isMissing ? await callApi(api, { method: 'GET', path: `/v1/campaigns/${name}` }) : undefined;
  if (campaign?.outcome === 'done')
    return new CommandFailure(
      `"${name}" is a campaign, not a segment: name its file instead, and its audience is estimated`,
    );
  const why = errors.map((error) => `${placeBefore(error)}${error.detail}`).join('; ');
  return new CommandFailure(`${name}: ${why || detail || title}`);
}

/** The part of an audience that an error is about, as it is written; nothing for what names its place itself, or is about all of it. */
function placeBefore({ field, detail }: ProblemError): string {
  const [, part = '', ...rest] = field.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return rest.length === 0 || detail.startsWith('"') ? '' : `"${[part, ...rest].join('.')}" `;
}

/** What the arguments name; undefined when a file does not follow the contract, which has been printed. */
function askedFor(names: readonly string[]): readonly Asked[] | undefined {
  const [only = ''] = names;
  if (names.length === 1 && slug.safeParse(only).success) return [{ name: only, audience: { segment: only } }];
  const documents = readChecked(names);
  if (!documents) return undefined;
  const asked = documents.flatMap(audienceOf);
  if (asked.length === 0) throw new CommandFailure('There is neither a segment nor a campaign in these files');
  return asked;
}

/** A segment's condition as it stands in the file, a campaign's audience; segments that these refer to must be on the server. */
function audienceOf({ kind, id, body }: CheckedDocument): Asked[] {
  const name = `${kind} ${id}`;
  if (kind === 'segment') return [{ name, audience: { condition: body.condition } as AudienceRequest }];
  if (kind === 'campaign') return [{ name, audience: (body.audience ?? {}) as AudienceRequest }];
  return [];
}

const number = (value: number): string => value.toLocaleString('en');
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** `segment gold: 14,945 of 48,211 customers (11,335 to 19,334), 31.0 %`, and what was left open. */
export function estimateLine(name: string, answer: AudienceResponse): string {
  const { customers, matching, share, sample, unknownAttributes } = answer;
  if (customers.estimate === 0) return `${name}: there are no customers yet`;
  if (!share) return `${name}: none of ${number(sample.asked)} customers answered in time; ask again`;
  const [low, high] = matching.interval;
  const range = low === high ? 'exactly' : `${number(low)} to ${number(high)}`;
  const open = unknownAttributes.length > 0 ? `; could match, given ${unknownAttributes.join(', ')}` : '';
  return `${name}: ${number(matching.estimate)} of ${number(customers.estimate)} customers (${range}), ${percent(share.estimate)}${open}`;
}
