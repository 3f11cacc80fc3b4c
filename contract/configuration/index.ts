/** Every kind of configuration document, by the name it has in paths, files and the database. */
import * as z from 'zod';
import { campaign } from './campaign.ts';
import { attribute, channel, goal, placement, settings, site } from './catalog-parts.ts';
import { pool, stock } from './ledgers.ts';
import { segment } from './segment.ts';

export { campaign, MAX_ARM_LEAF_CELLS, MAX_ARMS, MAX_CAMPAIGN_PLACEMENTS, MAX_CONTEXTS } from './campaign.ts';
export { attribute, channel, goal, placement, settings, site } from './catalog-parts.ts';
export { content, contentPart, MAX_CONTENT_BYTES } from './content.ts';
export { pool, stock } from './ledgers.ts';
export { condition, segment } from './segment.ts';

/** Kind (singular, in documents and the database) → collection (plural, in paths) and schema. */
export const KINDS = {
  campaign: { collection: 'campaigns', schema: campaign },
  segment: { collection: 'segments', schema: segment },
  placement: { collection: 'placements', schema: placement },
  channel: { collection: 'channels', schema: channel },
  goal: { collection: 'goals', schema: goal },
  attribute: { collection: 'attributes', schema: attribute },
  site: { collection: 'sites', schema: site },
  pool: { collection: 'pools', schema: pool },
  stock: { collection: 'stocks', schema: stock },
  settings: { collection: 'settings', schema: settings },
} as const;

export type Kind = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as Kind[];

/** A document as users write it in files and pushes: its kind beside its own fields. */
export const kindName = z.enum(KIND_NAMES as [Kind, ...Kind[]]);

/** The documents as written (before defaults and durations are resolved). */
export type DocumentInput<K extends Kind> = z.input<(typeof KINDS)[K]['schema']>;
