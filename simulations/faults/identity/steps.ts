/** What can happen in a story, and what pages tell in it. */
import type { Leads } from '../../../durable-objects/customer/address.ts';
import type { EventItem } from '../../../durable-objects/customer/protocol.ts';
import { nameOf } from '../workspace.ts';
import { PRICE } from './facts.ts';
import { type Placement, PURCHASE } from './stage.ts';

/** The ids that devices begin with. */
export const DEVICES = ['phone', 'laptop', 'tablet', 'watch', 'telly'].map(nameOf);
/** Whose they turn out to be. */
export const KNOWN = ['ann', 'bob'].map(nameOf);

/** Somebody with an id and no proof: where it ended they are a stranger, and where it is `closed` nobody. */
export interface Unproven {
  readonly name: string;
  /** The device's own tab, or whoever planted its first id. */
  readonly stranger: 'tab' | 'planter';
  readonly closed: readonly Leads[];
}

/** One thing that happens; numbers choose among what there is then. */
export type Step =
  /** A page asks: signed in as somebody or not; the first time of a device without an object, sometimes. */
  | {
      readonly kind: 'visit';
      readonly device: number;
      readonly as: number | null;
      readonly placement: Placement;
      readonly request: number;
      readonly first: boolean;
    }
  /** What was decided is seen, or leads to a purchase; again and again with the same token. */
  | { readonly kind: 'see'; readonly token: number }
  | { readonly kind: 'buy'; readonly token: number; readonly order: number | null }
  /** A purchase without a token. */
  | {
      readonly kind: 'tell';
      readonly device: number;
      readonly as: number | null;
      readonly order: number | null;
      readonly event: number;
    }
  /** A page signs in; whoever carries it out may be gone half-way. */
  | { readonly kind: 'link'; readonly device: number; readonly as: number; readonly until: 'forward' | 'taken' | 'end' }
  /** A page proves who it is: its device has another id from now on, unless whoever carries it out is gone before that is given out. */
  | { readonly kind: 'prove'; readonly device: number; readonly as: number; readonly until: 'ended' | 'kept' }
  /** Whoever has kept a device's id of before asks, or tells of something, without a proof. */
  | { readonly kind: 'plant'; readonly device: number; readonly request: number; readonly event: number | null }
  /** What a device once left is brought again. */
  | { readonly kind: 'bring'; readonly legacy: number }
  | { readonly kind: 'erase'; readonly who: number }
  | { readonly kind: 'evict'; readonly who: number }
  | { readonly kind: 'wait'; readonly hours: number };

/** A purchase that is told without a token. */
export function itemsOf(order: number | null, eventId: string): EventItem[] {
  const { id: name, windowMs } = PURCHASE;
  return [{ index: 0, kind: 'goal', name, windowMs, valueMinor: PRICE, orderId: orderOf(order), eventId }];
}

/** The order with this number; undefined for none. */
export function orderOf(order: number | null): string | undefined {
  return order === null ? undefined : `o${order}`;
}
