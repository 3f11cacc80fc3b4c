/** Calls to customers' objects: fresh stub per attempt, retries where the call is idempotent, and the way on when a customer has moved. */
import type { AddressWord, Leads } from '../../durable-objects/customer/address.ts';
import type {
  CallFacts,
  DecideCall,
  DecideReply,
  ExplainReply,
  Moved,
  Needs,
} from '../../durable-objects/customer/protocol.ts';
import { customerStubByName } from '../../durable-objects/shared/calls.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import type { EdgeCatalog } from './catalog.ts';
import { modelBodies } from './models.ts';
import { rulesBody } from './slices.ts';
import { forgetStanding } from './standings.ts';

type CustomerStub = ReturnType<typeof customerStubByName>;

/** A customer moves once, from anonymous to known; a known one never moves. */
const MAX_MOVES = 2;

/** An answer, and the object that gave it; `leads` where the way to it is ending. */
interface Found<R> {
  readonly reply: Exclude<R, Moved>;
  readonly name: string;
  readonly leads?: Leads | undefined;
}

/** A name that leads nowhere for whoever has no proof. */
export interface Astray {
  readonly astray: Leads;
}

type Call<R> = (stub: CustomerStub, facts: CallFacts) => Promise<R | Moved>;

/** Runs an idempotent call against the customer's object, wherever the customer is by now; not past a name that is `closed`. */
async function follow<R extends { readonly outcome: string }>(
  env: Env,
  facts: CallFacts,
  call: Call<R>,
  closed: readonly Leads[],
): Promise<Found<R> | Astray> {
  let to = facts;
  let leads: Leads | undefined;
  for (let move = 0; move <= MAX_MOVES; move += 1) {
    const here = to;
    const reply = await withRetry(() => call(customerStubByName(env, here.workspaceId, here.name), here));
    if (reply.outcome !== 'moved') return { reply: reply as Exclude<R, Moved>, name: here.name, leads };
    const moved = reply as Moved;
    if (moved.leads && closed.includes(moved.leads)) return { astray: moved.leads };
    leads = moved.leads;
    to = { ...here, name: moved.to, anonymous: false };
    await handOver(env, here, to, moved);
  }
  throw new Error('a customer moved more than once');
}

/** Runs an idempotent call against the customer's object, wherever the customer is by now: for whoever has a proof, a secret or a token. */
export function callCustomer<R extends { readonly outcome: string }>(
  env: Env,
  facts: CallFacts,
  call: Call<R>,
): Promise<Found<R>> {
  return follow(env, facts, call, []) as Promise<Found<R>>;
}

/** The same for whoever has an anonymous id and nothing else; what is told under a name that is ending still arrives. */
export function callUnproven<R extends { readonly outcome: string }>(
  env: Env,
  facts: CallFacts,
  call: Call<R>,
): Promise<Found<R> | Astray> {
  return follow(env, facts, call, ['ended']);
}

/** Carries what an anonymous customer left to the known one; safe to repeat at any point. */
async function handOver(env: Env, from: CallFacts, to: CallFacts, moved: Moved): Promise<void> {
  const { legacy } = moved;
  if (!legacy) return;
  await withRetry(() => customerStubByName(env, to.workspaceId, to.name).takeLegacy(to, legacy));
  // What was refused comes along.
  forgetStanding(to.name);
  await withRetry(() => customerStubByName(env, from.workspaceId, from.name).legacyTaken(from));
}

/** Whom an anonymous customer turned out to be, and where their name leads whoever has no proof. */
type Link = Pick<Moved, 'to' | 'leads'>;

/** By anonymous name, what this isolate linked: a page sends both ids with every call, and one link is enough. */
const linked = new Map<string, Link>();
const MAX_LINKED = 10_000;

function rememberLink(anonymousName: string, link: Link): void {
  if (linked.size >= MAX_LINKED) linked.clear();
  linked.set(anonymousName, link);
}

/**
 * Links an anonymous customer to a known one. One who is linked to somebody else already stays there: devices are shared.
 *
 * @param word what becomes of the anonymous name; nothing without one
 */
export async function linkCustomer(
  env: Env,
  known: CallFacts,
  anonymousName: string,
  word?: AddressWord,
): Promise<Link> {
  const before = linked.get(anonymousName);
  if (before && (!word || before.leads || before.to !== known.name)) return before;
  const anonymous: CallFacts = { ...known, name: anonymousName, anonymous: true };
  const moved = await withRetry(() =>
    customerStubByName(env, known.workspaceId, anonymousName).forward(anonymous, known.name, word),
  );
  if (moved.to === known.name) await handOver(env, anonymous, known, moved);
  forgetStanding(anonymousName);
  const link = { to: moved.to, ...(moved.leads && { leads: moved.leads }) };
  rememberLink(anonymousName, link);
  return link;
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

type Ask<R> = (stub: CustomerStub, call: DecideCall) => Promise<R>;

interface Answered<R> {
  readonly reply: Exclude<R, Moved | Needs>;
  readonly name: string;
  readonly calls: number;
}

/** Asks a customer's object to decide or explain; a second call brings what its isolate lacked. */
export function askCustomer<R extends DecideReply | ExplainReply>(
  env: Env,
  call: DecideCall,
  catalog: EdgeCatalog,
  ask: Ask<R>,
): Promise<Answered<R>> {
  return askPast(env, call, catalog, ask, []) as Promise<Answered<R>>;
}

/** The same for whoever has an anonymous id and nothing else: nothing is told of a customer that it is ceasing to stand for. */
export function askUnproven<R extends DecideReply | ExplainReply>(
  env: Env,
  call: DecideCall,
  catalog: EdgeCatalog,
  ask: Ask<R>,
): Promise<Answered<R> | Astray> {
  return askPast(env, call, catalog, ask, ['ending', 'ended']);
}

async function askPast<R extends DecideReply | ExplainReply>(
  env: Env,
  call: DecideCall,
  catalog: EdgeCatalog,
  ask: Ask<R>,
  closed: readonly Leads[],
): Promise<Answered<R> | Astray> {
  let full = call;
  let calls = 0;
  // Once as it is, once with everything: a third time would find the same.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    calls += 1;
    const current = full;
    const found = await follow<R>(
      env,
      current,
      (stub, facts) => ask(stub, facts === current ? current : { ...current, ...facts }) as Promise<R | Moved>,
      closed,
    );
    if ('astray' in found) return found;
    const { reply, name } = found;
    if (reply.outcome !== 'needs') return { reply: reply as Exclude<R, Moved | Needs>, name, calls };
    full = supply(full, reply as unknown as Needs, catalog);
  }
  throw new Error('an object still needs what it was given');
}
