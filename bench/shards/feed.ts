/** Shards in workerd itself, fed directly: how much one takes, and how many rows it writes for it. */
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { bundleOf } from '../../scripts/start/bundle.ts';
import { choosePort } from '../../scripts/start/port.ts';
import { FEEDER_SCRIPT, OBJECTS_MODULE, SHARDS_SCRIPT } from './scripts.ts';

/** What one stretch of deliveries is. */
export interface Feed {
  readonly shard: number;
  /** Events go to so many in turns, from that one on; 1 when absent. */
  readonly shards?: number;
  /** Events are of all times since so long ago; of now when absent. */
  readonly spreadMs?: number;
  /** Events of one delivery, all of one customer. */
  readonly batch: number;
  /** Closed loop: so many deliveries under way. */
  readonly clients?: number;
  /** Open loop: so many events a second. */
  readonly perSecond?: number;
  readonly ms: number;
}

/** What came of it; rows, alarms and blocks since the stretch began. */
export interface Fed {
  readonly acknowledged: number;
  readonly seconds: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Rows written, without alarms. */
  readonly rows: number;
  readonly alarms: number;
  /** Rows among them that say which customers were counted: each is deleted three days later, which is a row again. */
  readonly blocks: number;
}

interface Answer extends Fed {
  readonly next: number;
}

/** Two workers, one with shards and one that feeds them; `stop` ends them. */
export class Feeder {
  readonly #miniflare: Miniflare;
  readonly #url: string;
  readonly #counted = new Map<number, { next: number; rows: number; alarms: number; blocks: number }>();

  private constructor(miniflare: Miniflare, url: string) {
    this.#miniflare = miniflare;
    this.#url = url;
  }

  /** @param root of the project @param stateDir where objects are kept @param inspectorPort for profiles */
  static async start(root: string, stateDir: string, inspectorPort?: number): Promise<Feeder> {
    const port = await choosePort(undefined, 19_217);
    const objects = await bundleOf(join(root, 'durable-objects/campaign/object.ts'));
    const compatibility = { compatibilityDate: '2026-11-01', compatibilityFlags: ['nodejs_compat'] };
    const esModule = (name: string, contents: string) => ({
      type: 'ESModule' as const,
      path: join(root, name),
      contents,
    });
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        workers: [
          {
            name: 'feeder',
            ...compatibility,
            rootPath: root,
            modules: [esModule('feeder.mjs', FEEDER_SCRIPT)],
            durableObjects: { SHARD: { className: 'Shard', scriptName: 'shards' } },
            unsafeDirectSockets: [{ host: '127.0.0.1', port }],
          },
          {
            name: 'shards',
            ...compatibility,
            rootPath: root,
            modules: [esModule('shards.mjs', SHARDS_SCRIPT), esModule(OBJECTS_MODULE, objects)],
            bindings: { NAMING_SECRET: '11'.repeat(32) },
            durableObjects: {
              CAMPAIGN_SHARD: { className: 'Shard', useSQLite: true },
              CAMPAIGN_ROOT: { className: 'Root', useSQLite: true },
            },
          },
        ],
        host: '127.0.0.1',
        port: await choosePort(undefined, 19_237),
        ...(inspectorPort && { inspectorPort }),
        cf: false,
        resourcePersistencePath: stateDir,
      }),
    );
    await miniflare.ready;
    return new Feeder(miniflare, `http://127.0.0.1:${port}/`);
  }

  /** @throws when a delivery was not acknowledged whole */
  async feed(feed: Feed): Promise<Fed> {
    const before = this.#counted.get(feed.shard) ?? { next: 0, rows: 0, alarms: 0, blocks: 0 };
    const response = await fetch(this.#url, {
      method: 'POST',
      body: JSON.stringify({ shards: 1, spreadMs: 0, ...feed, from: before.next }),
    });
    if (!response.ok) throw new Error(`the feeder answered ${response.status}: ${await response.text()}`);
    const answer = (await response.json()) as Answer;
    this.#counted.set(feed.shard, answer);
    const { acknowledged, seconds, medianMs, p99Ms } = answer;
    const [rows, alarms, blocks] = (['rows', 'alarms', 'blocks'] as const).map((of) => answer[of] - before[of]);
    return { acknowledged, seconds, medianMs, p99Ms, rows: rows!, alarms: alarms!, blocks: blocks! };
  }

  stop(): Promise<void> {
    return this.#miniflare.dispose();
  }
}
