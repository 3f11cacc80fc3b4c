/** What is known of a model where decisions are made: which versions serve, and whom. */
import { bucketOf } from '../hash.ts';
import type { EngineName } from './manifest.ts';
import type { ModelWatch } from './watch/rules.ts';

/**
 * `shadow` scores and is watched, and changes nothing; `canary` serves a sticky share of the customers; `live` the others.
 * Versions that serve nobody (uploaded, retired) are not published.
 */
export type ServingStage = 'shadow' | 'canary' | 'live';

export interface PublishedVersion {
  /** Counts from 1 within its model. */
  readonly version: number;
  readonly stage: ServingStage;
  /** SHA-256 of the manifest's text, hexadecimal; the manifest names the file's. */
  readonly manifest: string;
  /** Of a canary: the share of customers it serves, (0, 1). */
  readonly share?: number;
  /** When it was put there: older trials say nothing of it. Absent where it was told by the last release. */
  readonly stagedAtMs?: number;
  /** How its manifest wants it watched. */
  readonly watch?: ModelWatch;
  /** The engine that its manifest asks for; our own when absent. */
  readonly engine?: Exclude<EngineName, 'hyperedge'>;
  /** Pages score with it. */
  readonly onDevice?: true;
}

/** At most one live version, one canary and one shadow. */
export interface PublishedModel {
  readonly id: string;
  readonly versions: readonly PublishedVersion[];
}

/**
 * The version whose score counts for a customer: the canary's for its share of them, else the live one; undefined where none serves them.
 * The share is drawn from the model and the bucketing id alone, so that a customer stays where they are from request to request, and a share
 * that grows keeps those it had.
 */
export function versionInCharge({ id, versions }: PublishedModel, bucketingId: string): PublishedVersion | undefined {
  const canary = versions.find(({ stage }) => stage === 'canary');
  if (canary && bucketOf(`model:${id}`, bucketingId) < (canary.share ?? 0)) return canary;
  return versions.find(({ stage }) => stage === 'live');
}

/** Versions that score a customer without being heard: the shadow, and no other. */
export function shadowOf({ versions }: PublishedModel): PublishedVersion | undefined {
  return versions.find(({ stage }) => stage === 'shadow');
}
