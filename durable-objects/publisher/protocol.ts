/** What the worker and the roots say to a workspace's publisher. */
import type { AlertKind } from '../../contract/alerts.ts';
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import type { CampaignPolicy, CatalogManifest } from '../../decisioning/catalog/slice.ts';
import type { PublishedModel } from '../../decisioning/scoring/published.ts';
import type { CallBack, ModelBooks, ModelChange } from './models.ts';

/** A slice or directory as JSON text, named by its SHA-256 (hex). */
export interface NamedBody {
  readonly hash: string;
  readonly body: string;
}

/** Largest slice that is accepted: an isolate keeps some dozens of them in its 128 MB. */
export const MAX_SLICE_BYTES = 4 * 1_024 * 1_024;

/** An answer holds at most this many bytes of slices or of allocations: a call between objects carries 32 MiB. */
export const MAX_ANSWER_BYTES = 16 * 1_024 * 1_024;
/** Bodies that come along with the state for who knows nothing yet: all of a catalog of some hundred campaigns, and no more than is sent in a moment. */
export const MAX_COLD_BYTES = 256 * 1_024;

export type PutSlicesReply =
  | { readonly outcome: 'stored'; readonly stored: number }
  | { readonly outcome: 'refused'; readonly reason: 'hash_mismatch' | 'too_large'; readonly hash: string };

export type ActivateReply =
  | { readonly outcome: 'active'; readonly seq: number }
  /** Another revision, newer than this one, is active already. */
  | { readonly outcome: 'outdated'; readonly revision: number }
  | { readonly outcome: 'missing_slices'; readonly hashes: readonly string[] };

/** Operational switches: they work at once and are no part of a revision. */
export interface Switches {
  readonly killSwitch: boolean;
  readonly pausedCampaigns: readonly string[];
}

/**
 * What a serving worker needs to be current. `seq` grows with every change of anything in it. When the allocations do not fit in one
 * answer, `seq` is that of the last that did: asking again with it brings the rest.
 */
export interface PublisherState {
  readonly seq: number;
  readonly manifest: CatalogManifest | null;
  readonly switches: Switches;
  /** Allocations that changed after the caller's `since`; all of them for `since` 0. */
  readonly allocations: readonly Allocation[];
  /** Models with their versions in service, all of them; absent when there are none. */
  readonly models?: readonly PublishedModel[];
  /** For who asked for them: the directory, then the slices of placement after placement, as far as {@link MAX_COLD_BYTES} go. */
  readonly bodies?: readonly NamedBody[];
  readonly asOfMs: number;
}

/** The published policy of a campaign. Null: the campaign is gone. */
export interface PolicyAsOf {
  readonly policy: CampaignPolicy | null;
  /** The sequence number as of which it is so: what bears a higher one is at least as new. Absent from publishers of the last release. */
  readonly seq?: number;
}

export type OfferReply =
  | { readonly outcome: 'published'; readonly seq: number }
  /** A later allocation of the campaign is published already; `version` is its. */
  | { readonly outcome: 'outdated_version'; readonly version: number }
  /** The root computed from arms or a strategy that are no longer the published ones: here is what is. */
  | ({ readonly outcome: 'outdated_policy' } & PolicyAsOf);

export interface PublisherHealth {
  readonly revision: number | null;
  readonly publishedAtMs: number | null;
  readonly newestAllocationAtMs: number | null;
  /** Oldest outbox row that a customer's object reported as stuck. */
  readonly oldestUndeliveredAtMs: number | null;
}

/** Something that people should look at. Raising it again under the same id changes nothing but its figures. */
export interface Alert {
  /** What it is about, and when: `budget pool:spring once 0.8`. */
  readonly id: string;
  readonly kind: AlertKind;
  /** A ledger's key, or a campaign's id. */
  readonly subject: string;
  readonly raisedAtMs: number;
  /** Since when the figures are these, by the clock of who raises it: of two calls the later counts, whichever comes last. Absent from those of the last release. */
  readonly figuresAtMs?: number;
  /** Figures and words for people. */
  readonly detail: Readonly<Record<string, string | number>>;
}

/** An alert as it is kept. */
export interface KeptAlert extends Alert {
  /** Who said that they have seen it, and when. */
  readonly acknowledged: { readonly atMs: number; readonly actor: string } | null;
}

/** Customers to ask, and what tells how many there are: `held` in the sample, all of them with ranks below `below`. */
export interface CustomerSample {
  /** Names of objects, lowest rank first. */
  readonly names: readonly string[];
  readonly held: number;
  readonly below: number;
}

/** Methods of a workspace's publisher. */
export interface PublisherApi {
  putSlices(workspaceId: string, bodies: readonly NamedBody[]): Promise<PutSlicesReply>;
  /** Makes a revision current. Policies are told to the roots of the campaigns that changed. */
  activate(workspaceId: string, manifest: CatalogManifest, policies: readonly CampaignPolicy[]): Promise<ActivateReply>;
  setSwitches(
    workspaceId: string,
    change: { killSwitch?: boolean; campaignId?: string; paused?: boolean },
  ): Promise<{ readonly seq: number }>;
  setModel(workspaceId: string, change: ModelChange): Promise<{ readonly seq: number }>;
  modelBooks(): ModelBooks | Promise<ModelBooks>;
  /** For roots that watch a version: true when it served until now. */
  callBackModel(workspaceId: string, back: CallBack): Promise<boolean>;
  /** @param withBodies for who knows nothing yet: what the manifest names comes along */
  state(since: number, withBodies?: boolean): PublisherState | Promise<PublisherState>;
  /** Bodies by hash, in the order asked for; unknown hashes are left out, and so are those that no longer fit in the answer: ask again for them. */
  slices(hashes: readonly string[]): readonly NamedBody[] | Promise<readonly NamedBody[]>;
  policy(campaignId: string): CampaignPolicy | null | Promise<CampaignPolicy | null>;
  /** For roots: `knownSeq` is the highest sequence number that the root goes by. One above this object's own tells that it was restored. */
  policyAsOf(campaignId: string, knownSeq?: number): PolicyAsOf | Promise<PolicyAsOf>;
  offer(campaignId: string, allocation: Allocation, knownSeq?: number): Promise<OfferReply>;
  /** `oldestAtMs` null: the outbox has drained. */
  reportBacklog(customer: string, oldestAtMs: number | null): Promise<void>;
  raiseAlert(workspaceId: string, alert: Alert): Promise<void>;
  /** The latest first. */
  alerts(): readonly KeptAlert[] | Promise<readonly KeptAlert[]>;
  /** The first to say so stays. Null when there is no such alert (any more). */
  acknowledgeAlert(id: string, actor: string, atMs: number): Promise<KeptAlert | null>;
  health(): PublisherHealth | Promise<PublisherHealth>;
  /** A customer of whom something is held; the reply is the rank below which customers are in the sample. */
  joinSample(workspaceId: string, name: string): Promise<number>;
  leaveSample(workspaceId: string, names: readonly string[]): Promise<void>;
  sample(limit: number): CustomerSample | Promise<CustomerSample>;
}
