/** Which of the workers strangers reach: the one in front, and where a site is filled at the edge the one before it. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unstable_readConfig as readConfig } from 'wrangler';
import { projectRoot } from './tidy/files.ts';

const configOf = (file: string) => readConfig({ config: join(projectRoot, file) }, { hideWarnings: true });

const addressesOf = (file: string) => {
  const { workers_dev, preview_urls, route, routes = [], assets } = configOf(file);
  return { workers_dev, preview_urls, routes: [...(route ? [route] : []), ...routes], assets };
};

describe('workers behind the one in front', () => {
  test.each(['wrangler.control.toml', 'wrangler.objects.toml'])('have no address of their own: %s', (file) => {
    expect(addressesOf(file)).toEqual({ workers_dev: false, preview_urls: false, routes: [], assets: undefined });
  });

  test('are asked over bindings that name them, by the worker in front alone', () => {
    expect(configOf('wrangler.toml').services).toMatchObject([
      { binding: 'CONTROL', service: 'hyperedge-control' },
      { binding: 'CONTRACT', service: 'hyperedge-control' },
    ]);
    for (const file of ['wrangler.control.toml', 'wrangler.objects.toml', 'wrangler.pages.toml'])
      expect(configOf(file).services ?? [], file).toEqual([]);
  });

  test('the worker in front of a site is reached where its owner routes it, and nowhere else', () => {
    expect(addressesOf('wrangler.pages.toml')).toMatchObject({ workers_dev: false, preview_urls: false, routes: [] });
  });

  test('cron jobs and queues are the worker’s behind: nobody in front starts one', () => {
    expect(configOf('wrangler.toml').triggers.crons).toEqual([]);
    expect(configOf('wrangler.toml').queues.consumers ?? []).toEqual([]);
  });
});
