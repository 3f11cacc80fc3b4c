/** What a device is given to decide with: plain JSON, signed by the edge, and no more of any campaign than its choice needs. */
import type { Condition } from '../segments/ast.ts';

/** Raised when the meaning of a bundle changes: whoever reads another refuses it. */
export const BUNDLE_FORMAT = 1;

/** How long a device decides with a bundle: about as long as what was learned meanwhile, a pause or an end may wait. */
export const DEVICE_BUNDLE_LIFE_MS = 600_000;

/** One leaf of a campaign. */
export interface DeviceLeaf {
  /** P(arm) in the order of `armIds`, floor included. */
  readonly arms: readonly number[];
  /** Where the campaign stands here among those of the placement, 0 the lowest; equal ranks are equal values. */
  readonly rank: number;
}

/** A campaign that may be chosen. What could be told of its conditions when the bundle was made is no longer in them. */
export interface DeviceCampaign {
  readonly id: string;
  /** Names arms, leaves and policy: of another publish nothing is counted. */
  readonly armsKey: string;
  readonly armIds: readonly string[];
  /** Null: everyone. */
  readonly condition: Condition | null;
  readonly contexts: readonly { readonly id: string; readonly condition: Condition }[];
  readonly leaves: Readonly<Record<string, DeviceLeaf>>;
}

export interface DevicePlace {
  readonly placement: string;
  /** 32 hexadecimal digits: HMAC(secret, nonce, placement). Both draws come from it, on the device and when it is decided again. */
  readonly seed: string;
  /** Share of choices that pick evenly among the campaigns, as in the slice. */
  readonly exploration: number;
  readonly campaigns: readonly DeviceCampaign[];
}

export type AttributeType = 'string' | 'number' | 'boolean' | 'string_list';

/** An attribute that conditions of the bundle read. */
export interface DeviceRead {
  readonly type: AttributeType;
  /** It stays on the device: nobody else is told. */
  readonly own?: true;
}

export interface DeviceBundle {
  readonly format: typeof BUNDLE_FORMAT;
  /** One per customer and {@link DEVICE_BUNDLE_LIFE_MS}: what is reported under it counts once a placement. */
  readonly nonce: string;
  readonly workspaceId: string;
  readonly siteId: string;
  /** Name of the customer's object; absent without consent, and then nothing can be reported. */
  readonly customer?: string;
  /** The moment decided for: nothing depends on the device's clock. */
  readonly issuedAtMs: number;
  /** Attributes by name. */
  readonly reads: Readonly<Record<string, DeviceRead>>;
  readonly places: readonly DevicePlace[];
}

/** Whether a value is of its declared type; null is of every type. */
export function fitsType(type: AttributeType, value: unknown): boolean {
  if (value === null) return true;
  // The other types are names that `typeof` answers.
  return type === 'string_list' ? Array.isArray(value) : typeof value === type;
}
