/** A publisher as tests of an isolate have it: a double whose bodies are real, in a workspace of its own. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { compile } from '../../decisioning/catalog/compile.ts';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import type { NamedBody, PublisherState } from '../../durable-objects/publisher/protocol.ts';
import { currentCatalog, forgetCatalogs } from '../edge/catalog.ts';
import { sha256Hex } from '../edge/publisher-feed.ts';
import { forgetSlices } from '../edge/slices.ts';
import { Deadline } from '../http/deadline.ts';

export const T0_MS = Date.UTC(2026, 4, 1);
/** A request's, long enough for what answers at all. */
export const deadline = () => new Deadline(createExecutionContext, 500);

/** A publisher that a test can stop, slow down and make lie. */
export class PublisherDouble {
  state: PublisherState;
  readonly bodies = new Map<string, string>();
  mode: 'up' | 'down' | 'hanging' | 'no bodies' = 'up';
  asked = 0;
  delayMs = 0;
  /** Publishers of the last release send none along. */
  hasBodies = true;
  askedBodies = 0;
  readonly sinces: number[] = [];

  readonly workspaceId: string;

  constructor(state: PublisherState, workspaceId: string) {
    this.state = state;
    this.workspaceId = workspaceId;
  }

  /** The bindings with this publisher in them. */
  env(): Env {
    const answer = async <T>(value: T): Promise<T> => {
      if (this.mode === 'down') throw Object.assign(new Error('boom'), { remote: true });
      if (this.mode === 'hanging') await new Promise(() => undefined);
      if (this.delayMs > 0) await scheduler.wait(this.delayMs);
      return value;
    };
    const stub = {
      state: (since: number, withBodies?: boolean) => {
        this.asked += 1;
        this.sinces.push(since);
        const bodies = [...this.bodies].map(([hash, body]) => ({ hash, body }));
        return answer({ ...this.state, ...(withBodies && this.hasBodies && { bodies }) });
      },
      slices: async (hashes: readonly string[]): Promise<NamedBody[]> => {
        this.askedBodies += 1;
        if (this.mode === 'no bodies') throw Object.assign(new Error('boom'), { remote: true });
        return answer(
          hashes.flatMap((hash) => (this.bodies.has(hash) ? [{ hash, body: this.bodies.get(hash) as string }] : [])),
        );
      },
    };
    return { ...(env as unknown as Env), PUBLISHER: { getByName: () => stub } } as unknown as Env;
  }

  /** A revision with one campaign; returns the hashes of its bodies. */
  async publish(campaign: string): Promise<{ directory: string; rules: string; contents: string }> {
    const result = compile(configurationOf([campaignOf(campaign)]), { workspaceId: this.workspaceId, salt: 's' });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    const put = async (value: unknown): Promise<string> => {
      const body = JSON.stringify(value);
      const hash = await sha256Hex(body);
      this.bodies.set(hash, body);
      return hash;
    };
    const { hero } = result.catalog.placements;
    const directory = await put(result.catalog.directory);
    const hashes = { rules: await put(hero!.rules), contents: await put(hero!.contents) };
    const { seq } = this.state;
    const manifest = { revision: seq + 1, hash: 'h', publishedAtMs: 0, directory, placements: { hero: hashes } };
    this.change({ manifest });
    return { directory, ...hashes };
  }

  change(what: Partial<PublisherState>): void {
    this.state = { ...this.state, ...what, seq: (what.seq ?? this.state.seq) + 1 };
  }
}

/** The colo's cache outlives a test: each has a workspace of its own. */
let workspaces = 0;

/** A publisher with one revision, whose campaign is `first`, and an isolate that knows nothing of it. */
export async function newPublisherDouble(): Promise<PublisherDouble> {
  workspaces += 1;
  forgetCatalogs();
  forgetSlices();
  const switches = { killSwitch: false, pausedCampaigns: [] };
  const state = { seq: 0, manifest: null, switches, allocations: [], asOfMs: 0 };
  const publisher = new PublisherDouble(state, `catalog-${workspaces}-${Date.now()}`);
  await publisher.publish('first');
  return publisher;
}

/** One request at a moment; what runs behind it is waited for unless it hangs. */
export async function serveBy(publisher: PublisherDouble, nowMs: number) {
  const ctx = createExecutionContext();
  const answer = await currentCatalog(publisher.env(), ctx, publisher.workspaceId, nowMs);
  if (publisher.mode !== 'hanging') await waitOnExecutionContext(ctx);
  return answer;
}
