/** `npm run chaos:kill`: a real runtime, killed under load; exits with 1 when anything was lost or counted twice. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { killUnderLoad } from './run.ts';

const USAGE = `Usage: npm run chaos:kill -- [options]

  --kills N     how often workerd is killed (100)
  --events N    events that are acknowledged at least (50000)
  --parallel N  visits under way at a time (12)
  --seed N      of clients and moments (1)
  --state DIR   an empty folder for the state (a new one in the system's folder for such)
`;

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1, not "${text}"`);
  return value;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '100' },
      events: { type: 'string', default: '50000' },
      parallel: { type: 'string', default: '12' },
      seed: { type: 'string', default: '1' },
      state: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(USAGE);
  const startedMs = Date.now();
  const report = await killUnderLoad({
    root: fileURLToPath(new URL('../../', import.meta.url)),
    stateDir: values.state ?? mkdtempSync(join(tmpdir(), 'chaos-kill-')),
    kills: numberOf('kills', values.kills),
    events: numberOf('events', values.events),
    parallel: numberOf('parallel', values.parallel),
    seed: numberOf('seed', values.seed),
    stillMs: 20_000,
    progress: (line) => process.stdout.write(`${line}\n`),
  });
  const seconds = Math.round((Date.now() - startedMs) / 1_000);
  process.stdout.write(`${JSON.stringify({ ...report, seconds }, null, 2)}\n`);
  if (report.findings.length > 0) process.exitCode = 1;
}

await main();
