/** What the platform logs of its own accord: nothing of a request, since its address may name somebody, and one line each would be billed. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unstable_readConfig as readConfig } from 'wrangler';
import { projectFiles, projectRoot } from './tidy/files.ts';

const files = projectFiles().filter((file) => /^wrangler[^/]*\.toml$/.test(file));

describe('logs of the platform', () => {
  test('are of all five deployments', () => {
    expect(files).toHaveLength(5);
  });

  test.each(files)('have no line per request, no query and no trace, and go nowhere else: %s', (file) => {
    const config = readConfig({ config: join(projectRoot, file) }, { hideWarnings: true });
    expect(config.observability).toEqual({
      enabled: true,
      redact_query_string: true,
      logs: { enabled: true, invocation_logs: false },
    });
    expect(config.logpush ?? false).toBe(false);
    expect([...(config.tail_consumers ?? []), ...(config.streaming_tail_consumers ?? [])]).toEqual([]);
    // What an environment says replaces it.
    expect(Object.keys(config.definedEnvironments ?? {})).toEqual([]);
  });
});
