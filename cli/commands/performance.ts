/** `performance`: how a campaign does, as a table. */
import { parseArgs } from 'node:util';
import type * as z from 'zod';
import { lifecycleResponse } from '../../contract/lifecycle.ts';
import { parametersPerformanceResponse } from '../../contract/parameters-performance.ts';
import { performanceResponse } from '../../contract/performance.ts';
import { slug } from '../../contract/primitives.ts';
import { strategiesPerformanceResponse } from '../../contract/strategies.ts';
import { callApi } from '../api.ts';
import { CommandFailure, EXIT, usageFailure } from '../failure.ts';
import { LOCAL_FOLDER } from '../local.ts';
import { formatArms } from '../performance/arms.ts';
import { formatLifecycle } from '../performance/lifecycle.ts';
import { formatParameters } from '../performance/parameters.ts';
import { formatStrategies } from '../performance/strategies.ts';
import { chooseTarget } from '../target.ts';

/** Where an answer is, and how it is told; undefined when it does not have the shape. */
interface View {
  readonly path: string;
  readonly format: (body: unknown) => string | undefined;
}

function view<T>(path: string, schema: z.ZodType<T>, format: (answer: T) => string): View {
  return {
    path,
    format: (body) => {
      const answer = schema.safeParse(body);
      return answer.success ? format(answer.data) : undefined;
    },
  };
}

const ARMS = view('performance', performanceResponse, formatArms);

const VIEWS = {
  parameters: view('parameters/performance', parametersPerformanceResponse, formatParameters),
  strategies: view('strategies/performance', strategiesPerformanceResponse, formatStrategies),
  lifecycle: view('lifecycle', lifecycleResponse, formatLifecycle),
} as const;

/** Asks the running Hyperedge how one campaign does, and prints it. */
export async function performance(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      site: { type: 'string' },
      key: { type: 'string' },
      parameters: { type: 'boolean', default: false },
      strategies: { type: 'boolean', default: false },
      lifecycle: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const [campaign, ...more] = positionals;
  if (campaign === undefined || more.length > 0) throw usageFailure('Name one campaign');
  if (!slug.safeParse(campaign).success)
    throw usageFailure(`"${campaign}" is not the id of a campaign: its id stands in its file`);
  const wanted = (Object.keys(VIEWS) as (keyof typeof VIEWS)[]).filter((name) => values[name]);
  if (wanted.length > 1) throw usageFailure(`--${wanted.join(' and --')}: one at a time`);
  const { path, format } = wanted[0] ? VIEWS[wanted[0]] : ARMS;
  const wishes = {
    site: values.site ?? (process.env.HYPEREDGE_SITE || undefined),
    key: values.key ?? process.env.HYPEREDGE_SECRET_KEY,
  };
  const api = chooseTarget(wishes, LOCAL_FOLDER);
  const reply = await callApi(api, { method: 'GET', path: `/v1/campaigns/${campaign}/${path}` });
  if (reply.outcome === 'refused')
    throw new CommandFailure(`${campaign}: ${reply.problem.detail ?? reply.problem.title}`);
  const text = values.json ? `${JSON.stringify(reply.body, null, 2)}\n` : format(reply.body);
  if (text === undefined)
    throw new CommandFailure(`${api.site} answers in the words of another version: --json prints them as they are`);
  process.stdout.write(text);
  return EXIT.ok;
}
