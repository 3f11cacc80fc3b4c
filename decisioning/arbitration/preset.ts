/** The interface of arbitration presets: what one is told of a candidate, and what it answers. */
import type { SliceCampaign } from '../catalog/slice.ts';

/** What a preset may look at. Everything in it is in the slice, or recorded in the receipt: a value replays to the bit. */
export interface PresetCandidate {
  readonly campaign: Pick<
    SliceCampaign,
    'conversionWeight' | 'revenueWeight' | 'priority' | 'endsAtMs' | 'arbitration'
  >;
  /** Expected conversions and revenue (minor units) per trial. */
  readonly expected: { readonly rate: number; readonly revenueMinor: number };
  /** What a conversion of this customer is worth, in major units; absent where the campaign reads none from the customer. */
  readonly worth?: number | undefined;
  /** Id of the placement's channel. */
  readonly channel: string;
  readonly nowMs: number;
}

/** A value before fatigue, with the terms that it is made of under the preset's own names. All finite. */
export interface PresetValue {
  readonly terms: Readonly<Record<string, number>>;
  readonly total: number;
}

/** Ranks campaigns against each other: one per workspace, so that all values of a request are on one scale. */
export type Preset = (candidate: PresetCandidate) => PresetValue;
