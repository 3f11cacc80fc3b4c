/**
 * `npm run bench:patterns`: what each of 200 patterns that were made to hang an engine takes of workerd's processor time with the text that is worst for it, asked as a
 * segment asks: read, compiled and matched, with regard to case and without. Linux alone (`/proc`). `-- --json FILE` writes the figures as one flat object. Ends with an error where one takes 5 ms.
 */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { parseCondition } from '../../decisioning/segments/parse.ts';
import { compileRegex, testRegex } from '../../decisioning/segments/regex/index.ts';
import { hostilePatterns, hostileTexts } from '../../decisioning/testing/hostile-patterns.ts';
import { writeFigures } from '../../scripts/figures.ts';
import { bundleOf } from '../../scripts/start/bundle.ts';
import { choosePort } from '../../scripts/start/port.ts';
import { childrenNamed } from '../../scripts/start/processes.ts';
import { quantile } from '../freshness/ages.ts';
import { cpuMsOf } from '../process.ts';
import type { Asked } from './worker.ts';

const { values } = parseArgs({ options: { json: { type: 'string' } } });

/** What one match may take. */
const MAX_MS = 5;
/** In one request: the system counts processor time in hundredths of a second, so that a match is told to a tenth of a millisecond. */
const TIMES = 100;
const RUNTIME_PROGRAM = 'workerd';
const OPERATORS = ['$regex', '$regexi'] as const;

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A worker alone, in a workerd of its own. */
async function start(port: number) {
  const contents = await bundleOf(join(root, 'bench/patterns/worker.ts'));
  const worker = {
    name: 'patterns',
    rootPath: root,
    compatibilityDate: '2026-11-01',
    script: contents,
    unsafeDirectSockets: [{ host: '127.0.0.1', port }],
  };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({ workers: [worker], host: '127.0.0.1', port: 0, logRequests: false, cf: false }),
  );
  await miniflare.ready;
  const [pid] = childrenNamed(RUNTIME_PROGRAM);
  if (pid === undefined) throw new Error('workerd is not found among the children of this process');
  return { miniflare, pid };
}

async function ask(port: number, asked: Asked): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: JSON.stringify(asked) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the worker answered ${answer.status}: ${text}`);
}

/** A pattern as a condition has it. */
type Question = Pick<Asked, 'operator' | 'pattern'>;

const asCondition = ({ operator, pattern }: Question) => parseCondition({ a: { [operator]: pattern } });

/** Outside ASCII a character takes more where case is not regarded: all that are written alike are looked up. */
const isBeyondAscii = (text: string): boolean => [...text].some((char) => char > '\u007F');

/** The text that a pattern is slowest with, by the engine's steps, which are the same on every machine; without regard to case the slowest beyond ASCII, too. */
function dearestTexts({ operator, pattern }: Question): readonly string[] {
  const compiled = compileRegex(pattern, operator === '$regexi');
  if (!compiled.ok) throw new Error(`not published: ${pattern}`);
  const stepsOf = (text: string): number => {
    const meter = { steps: 0 };
    testRegex(compiled.program, text, meter);
    return meter.steps;
  };
  const [dearest, ...others] = hostileTexts.toSorted((one, other) => stepsOf(other) - stepsOf(one));
  const beyond = operator === '$regexi' && !isBeyondAscii(dearest!) ? others.filter(isBeyondAscii).slice(0, 1) : [];
  return [dearest!, ...beyond];
}

/** Milliseconds of processor time of one match, what HTTP takes included. */
async function matchMs({ port, pid }: { readonly port: number; readonly pid: number }, question: Question) {
  let mostMs = 0;
  for (const text of dearestTexts(question)) {
    const before = cpuMsOf(pid);
    await ask(port, { ...question, text, times: TIMES });
    mostMs = Math.max(mostMs, (cpuMsOf(pid) - before) / TIMES);
  }
  return mostMs;
}

const port = await choosePort(undefined, 24_787);
const { miniflare, pid } = await start(port);
try {
  const questions = OPERATORS.flatMap((operator) => hostilePatterns.map((pattern) => ({ operator, pattern })));
  const published = questions.filter((question) => asCondition(question).ok);
  // Warm: the engine's own code is compiled by then.
  for (const operator of OPERATORS)
    for (const text of hostileTexts) await ask(port, { operator, pattern: '(a+b?)+!', text, times: TIMES });
  const worst: (Question & { readonly ms: number })[] = [];
  for (const question of published) worst.push({ ...question, ms: await matchMs({ port, pid }, question) });
  worst.sort((one, other) => other.ms - one.ms);
  const figures = {
    'patterns.asked': hostilePatterns.length,
    'patterns.refused': (questions.length - published.length) / OPERATORS.length,
    'patterns.worst_ms': worst[0]!.ms,
    'patterns.median_ms': quantile(
      worst.map(({ ms }) => ms),
      0.5,
    ),
  };
  const shown = worst
    .slice(0, 5)
    .map(({ operator, pattern, ms }) => `  ${ms.toFixed(2)} ms  ${operator} ${pattern.slice(0, 80)}\n`);
  process.stdout.write(
    `${hostilePatterns.length} patterns, ${figures['patterns.refused']} of them refused; each of the others as ${OPERATORS.join(' and ')} with the dearest of ${hostileTexts.length} texts, processor time of workerd: ` +
      `median ${figures['patterns.median_ms'].toFixed(2)} ms. The dearest:\n${shown.join('')}` +
      `load ${loadavg()[0]!.toFixed(1)}\n`,
  );
  writeFigures(values.json, figures);
  if (worst[0]!.ms >= MAX_MS) {
    process.stderr.write(`missed: ${worst[0]!.ms.toFixed(2)} ms, less than ${MAX_MS} allowed\n`);
    process.exitCode = 1;
  }
} finally {
  await miniflare.dispose();
}
