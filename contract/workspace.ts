/** Workspace ids: they carry their residency, so that whoever holds one knows where its objects live without asking. */

import * as z from 'zod';
import { slug } from './primitives.ts';
import { EU_PREFIX } from './residency.ts';

/** The id of a workspace, with its residency. */
export const workspaceId = z
  .string()
  .refine(
    (id) => slug.safeParse(id.startsWith(EU_PREFIX) ? id.slice(EU_PREFIX.length) : id).success,
    'must be the id of a workspace, such as "acme" or "eu.acme"',
  );
