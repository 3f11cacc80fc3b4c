/** `learning`: whether a campaign learns from what arrives; holds it and lets it go on. */
import { parseArgs } from 'node:util';
import { learningResponse } from '../../contract/learning.ts';
import { slug } from '../../contract/primitives.ts';
import { didYouMean } from '../../decisioning/did-you-mean.ts';
import { callApi } from '../api.ts';
import { CommandFailure, EXIT, usageFailure } from '../failure.ts';
import { LOCAL_FOLDER } from '../local.ts';
import { formatLearning } from '../performance/learning.ts';
import { chooseTarget } from '../target.ts';

const ACTIONS = ['hold', 'release'];
const KEEP = ['all', 'before'];

interface Asked {
  readonly keep?: string | undefined;
  readonly since?: string | undefined;
  readonly reason?: string | undefined;
}

/** What an action sends; undefined to look only. */
function bodyOf(action: string | undefined, { keep, since, reason }: Asked): string | undefined {
  if (action !== 'release') {
    if (keep !== undefined || since !== undefined) throw usageFailure('--keep and --since go with release');
    if (action === undefined && reason !== undefined) throw usageFailure('--reason goes with hold and release');
    return action && JSON.stringify({ reason });
  }
  if (keep === undefined)
    throw usageFailure(
      'Say what is learned from: --keep all (everything) or --keep before (nothing since the hold began)',
    );
  if (!KEEP.includes(keep)) throw usageFailure(`--keep "${keep}"${didYouMean(keep, KEEP)}`);
  const sinceMs = since === undefined ? undefined : Date.parse(since);
  if (Number.isNaN(sinceMs)) throw usageFailure(`--since "${since}" is no moment such as 2026-11-22T10:00Z`);
  return JSON.stringify({ keep, since: sinceMs === undefined ? undefined : new Date(sinceMs).toISOString(), reason });
}

/** Prints where the learning of one campaign stands, after holding or releasing it when that is asked for. */
export async function learning(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      site: { type: 'string' },
      key: { type: 'string' },
      keep: { type: 'string' },
      since: { type: 'string' },
      reason: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [campaign, action, ...more] = positionals;
  if (campaign === undefined || more.length > 0) throw usageFailure('Name one campaign, then hold, release or nothing');
  if (!slug.safeParse(campaign).success)
    throw usageFailure(`"${campaign}" is not the id of a campaign: its id stands in its file`);
  if (action !== undefined && !ACTIONS.includes(action))
    throw usageFailure(`learning "${action}"${didYouMean(action, ACTIONS)}`);
  const body = bodyOf(action, values);
  const wishes = {
    site: values.site ?? (process.env.HYPEREDGE_SITE || undefined),
    key: values.key ?? process.env.HYPEREDGE_SECRET_KEY,
  };
  const api = chooseTarget(wishes, LOCAL_FOLDER);
  const path = `/v1/campaigns/${campaign}/learning${action === undefined ? '' : `/${action}`}`;
  const reply = await callApi(api, body === undefined ? { method: 'GET', path } : { method: 'POST', path, body });
  if (reply.outcome === 'refused') {
    const { title, detail, errors = [] } = reply.problem;
    const why = errors.map((error) => `${error.field} ${error.detail}`).join('; ');
    throw new CommandFailure(`${campaign}: ${why || (detail ?? title)}`);
  }
  const answer = learningResponse.safeParse(reply.body);
  if (!answer.success && !values.json)
    throw new CommandFailure(`${api.site} answers in the words of another version: --json prints them as they are`);
  process.stdout.write(
    values.json || !answer.data ? `${JSON.stringify(reply.body, null, 2)}\n` : formatLearning(answer.data),
  );
  return EXIT.ok;
}
