/** Ids that stand twice in a list. */
import type * as z from 'zod';

/** Refuses a list in which two have the same id, at the later one: answers and statistics name them by it. */
export function refuseRepeatedIds(list: readonly { readonly id: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [i, { id }] of list.entries()) {
    if (seen.has(id))
      context.addIssue({ code: 'custom', path: [i, 'id'], message: `must be unique: "${id}" is there already` });
    seen.add(id);
  }
}
