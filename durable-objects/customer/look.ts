/** What is known of a customer by name: values of attribute and counter paths, as conditions and models read them; nothing is stored. */
import type { LookCall, LookReply } from './protocol.ts';
import type { CustomerState } from './state.ts';
import { objectNow, resolverOf } from './view.ts';

/** Values by path as of now; null where nothing answers. */
export function lookUp(state: CustomerState, call: LookCall): Extract<LookReply, { outcome: 'looked' }> {
  const nowMs = objectNow(state, call.receivedAtMs);
  const resolve = resolverOf(state, call, nowMs);
  return {
    outcome: 'looked',
    values: Object.fromEntries(call.paths.map((path) => [path, resolve(path) ?? null])),
    bucketingId: state.meta?.bucketingId ?? call.name,
    known: state.meta !== null,
  };
}
