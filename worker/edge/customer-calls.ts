/** Calls to customers' objects: fresh stub per attempt, retries where the call is idempotent, and the way on when a customer has moved. */
import type {
  CallFacts,
  DecideCall,
  DecideReply,
  ExplainReply,
  Moved,
  Needs,
} from '../../durable-objects/customer/protocol.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { customerStubByName } from '../../durable-objects/shared/stub.ts';
import type { EdgeCatalog } from './catalog.ts';
import { modelBodies } from './models.ts';
import { rulesBody } from './slices.ts';

type CustomerStub = ReturnType<typeof customerStubByName>;

/** A customer moves once, from anonymous to known; a known one never moves. */
const MAX_MOVES = 2;

/** Runs an idempotent call against the customer's object, wherever the customer is by now. */
export async function callCustomer<R extends { readonly outcome: string }>(
  env: Env,
  facts: CallFacts,
  call: (stub: CustomerStub, facts: CallFacts) => Promise<R | Moved>,
): Promise<{ readonly reply: Exclude<R, Moved>; readonly name: string }> {
  let to = facts;
  for (let move = 0; move <= MAX_MOVES; move += 1) {
    const here = to;
    const reply = await withRetry(() => call(customerStubByName(env, here.workspaceId, here.name), here));
    if (reply.outcome !== 'moved') return { reply: reply as Exclude<R, Moved>, name: here.name };
    to = { ...here, name: (reply as Moved).to, anonymous: false };
    await handOver(env, here, to, reply as Moved);
  }
  throw new Error('a customer moved more than once');
}

/** Carries what an anonymous customer left to the known one; safe to repeat at any point. */
async function handOver(env: Env, from: CallFacts, to: CallFacts, moved: Moved): Promise<void> {
  const { legacy } = moved;
  if (!legacy) return;
  await withRetry(() => customerStubByName(env, to.workspaceId, to.name).takeLegacy(to, legacy));
  await withRetry(() => customerStubByName(env, from.workspaceId, from.name).legacyTaken(from));
}

/** anonymous → known names that this isolate linked: a page sends both ids with every call, and one link is enough. */
const linked = new Map<string, string>();
const MAX_LINKED = 10_000;

function rememberLink(anonymousName: string, knownName: string): void {
  if (linked.size >= MAX_LINKED) linked.clear();
  linked.set(anonymousName, knownName);
}

/** Links an anonymous customer to a known one. One who is linked to somebody else already stays there: devices are shared. */
export async function linkCustomer(env: Env, known: CallFacts, anonymousName: string): Promise<void> {
  if (linked.has(anonymousName)) return;
  const anonymous: CallFacts = { ...known, name: anonymousName, anonymous: true };
  const moved = await withRetry(() =>
    customerStubByName(env, known.workspaceId, anonymousName).forward(anonymous, known.name),
  );
  if (moved.to === known.name) await handOver(env, anonymous, known, moved);
  rememberLink(anonymousName, moved.to);
}

/** What an object's isolate lacks, from what this isolate holds. */
function supply(call: DecideCall, needs: Needs, catalog: EdgeCatalog): DecideCall {
  const slices = needs.slices.map((hash) => ({ hash, body: rulesBody(hash) }));
  return {
    ...call,
    slices: slices.filter((slice): slice is { hash: string; body: string } => slice.body !== undefined),
    allocations: { seq: catalog.seq, items: [...catalog.allocations.values()] },
    modelBodies: modelBodies(needs.models ?? []),
  };
}

/** Asks a customer's object to decide or explain; a second call brings what its isolate lacked. */
export async function askCustomer<R extends DecideReply | ExplainReply>(
  env: Env,
  call: DecideCall,
  catalog: EdgeCatalog,
  ask: (stub: CustomerStub, call: DecideCall) => Promise<R>,
): Promise<{ readonly reply: Exclude<R, Moved | Needs>; readonly name: string; readonly calls: number }> {
  let full = call;
  let calls = 0;
  // Once as it is, once with everything: a third time would find the same.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    calls += 1;
    const current = full;
    const { reply, name } = await callCustomer<R>(
      env,
      current,
      (stub, facts) => ask(stub, { ...current, ...facts }) as Promise<R | Moved>,
    );
    if (reply.outcome !== 'needs') return { reply: reply as Exclude<R, Moved | Needs>, name, calls };
    full = supply(full, reply as unknown as Needs, catalog);
  }
  throw new Error('an object still needs what it was given');
}
