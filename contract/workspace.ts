/** Workspace ids: they carry their residency, so that whoever holds one knows where its objects live without asking. */

import * as z from 'zod';
import { slug } from './primitives.ts';

export type Residency = 'none' | 'eu';

/** No slug holds a dot, so no other id can be taken for one of these. */
const EU_PREFIX = 'eu.';

/** The id of a workspace with this residency, chosen at creation and never changed. `name` is a slug. */
export function workspaceIdOf(name: string, residency: Residency): string {
  return residency === 'eu' ? `${EU_PREFIX}${name}` : name;
}

/** The id of a workspace, with its residency. */
export const workspaceId = z
  .string()
  .refine(
    (id) => slug.safeParse(id.startsWith(EU_PREFIX) ? id.slice(EU_PREFIX.length) : id).success,
    'must be the id of a workspace, such as "acme" or "eu.acme"',
  );

/** Where the objects of a workspace must stay. */
export function residencyOf(workspaceId: string): Residency {
  return workspaceId.startsWith(EU_PREFIX) ? 'eu' : 'none';
}
