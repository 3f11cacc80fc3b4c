/** Why something is not decided on devices, and why what a device says it decided is not believed. Closed lists. */

/** What a campaign may not have when its decisions are to be made on devices: each needs what only a server knows, or must not be told. */
export const DEVICE_OBSTACLES = [
  'cap',
  'cost',
  'holdout',
  'sticky',
  'purpose',
  'channel_rules',
  'relations',
  'strategies',
  'lifecycle',
  'features',
  'scores',
  'steering',
  'watch',
  'fatigue',
  'past',
  'server_attribute',
  'operator',
] as const;

export type DeviceObstacle = (typeof DEVICE_OBSTACLES)[number];

/** Why a placement is not in a bundle and is to be asked for as ever. */
export const NOT_IN_BUNDLE = ['unknown_placement', 'other_campaigns', 'switched_off', 'too_large'] as const;

export type NotInBundle = (typeof NOT_IN_BUNDLE)[number];

/** Why a decision that a device reports gets no token, in the order in which it is looked at. */
export const DEVICE_REFUSALS = [
  'no_consent',
  'bad_signature',
  'wrong_workspace',
  'wrong_site',
  'expired_bundle',
  'nobodys_bundle',
  'not_yours',
  'not_in_bundle',
  'impossible_leaf',
  'another_choice',
  'not_published',
] as const;

export type DeviceRefusal = (typeof DEVICE_REFUSALS)[number];
