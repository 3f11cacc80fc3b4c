/** Calls of an isolate to customers' objects, as `worker/edge/customer-calls.ts` makes them, over the isolate's own memory. */
import type { Leads } from '../../durable-objects/customer/address.ts';
import type { CallFacts, Moved } from '../../durable-objects/customer/protocol.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { customerStubByName, type StubSource } from '../../durable-objects/shared/stub.ts';

type CustomerStub = ReturnType<typeof customerStubByName>;

/** A customer moves once, from anonymous to known; a known one never moves. */
const MAX_MOVES = 2;

/** An answer and who gave it, or where a name leads that is closed. */
export type Found<R> = { readonly reply: Exclude<R, Moved>; readonly name: string } | { readonly astray: Leads };

/**
 * Runs an idempotent call against the customer's object, wherever the customer is by now.
 *
 * @param failed told of every attempt that got no answer
 */
export async function callCustomer<R extends { readonly outcome: string }>(
  env: StubSource,
  facts: CallFacts,
  call: (stub: CustomerStub, facts: CallFacts) => Promise<R | Moved>,
  failed: () => void = () => undefined,
): Promise<Exclude<R, Moved>> {
  const found = await follow(env, facts, call, [], failed);
  if ('astray' in found) throw new Error('nobody was to be closed out');
  return found.reply;
}

/** The same for whoever has no proof; not past a name that is `closed`. */
export async function follow<R extends { readonly outcome: string }>(
  env: StubSource,
  facts: CallFacts,
  call: (stub: CustomerStub, facts: CallFacts) => Promise<R | Moved>,
  closed: readonly Leads[],
  failed: () => void = () => undefined,
): Promise<Found<R>> {
  let to = facts;
  for (let move = 0; move <= MAX_MOVES; move += 1) {
    const here = to;
    const reply = await withRetry(async () => {
      try {
        return await call(customerStubByName(env, here.workspaceId, here.name), here);
      } catch (error) {
        failed();
        throw error;
      }
    });
    if (reply.outcome !== 'moved') return { reply: reply as Exclude<R, Moved>, name: here.name };
    const moved = reply as Moved;
    if (moved.leads && closed.includes(moved.leads)) return { astray: moved.leads };
    to = { ...here, name: moved.to, anonymous: false };
    await handOver(env, here, to, moved);
  }
  throw new Error('a customer moved more than once');
}

/** Carries what an anonymous customer left to the known one; safe to repeat at any point. */
export async function handOver(env: StubSource, from: CallFacts, to: CallFacts, { legacy }: Moved): Promise<void> {
  if (!legacy) return;
  await withRetry(() => customerStubByName(env, to.workspaceId, to.name).takeLegacy(to, legacy));
  await withRetry(() => customerStubByName(env, from.workspaceId, from.name).legacyTaken(from));
}
