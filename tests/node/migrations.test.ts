/** The command that kills migrations, on a small scale. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { projectRoot } from './tidy/files.ts';

/** Starting workerd five times on a busy machine. */
const PATIENCE_MS = 240_000;

describe('objects of earlier versions', () => {
  test('keep every row when the runtime is killed while it brings them up', { timeout: PATIENCE_MS }, async () => {
    const args = ['tests/chaos/migrations/run.ts', '--kills', '2'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: projectRoot });
    expect(stdout).toMatch(/2 kills, each within a migration; [1-9]\d* rows looked for, 0 lost/);
  });
});
