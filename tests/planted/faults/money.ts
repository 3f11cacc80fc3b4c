/** Faults in what is claimed, what carries units there, and what settles them. */
import type { PlantedFault } from '../fault.ts';

const CLAIMS = 'durable-objects/customer/claims.test.ts';
const CLAIMS_END = 'durable-objects/customer/claims-end.test.ts';
const WALLET = 'decisioning/limits/wallet.test.ts';

export const MONEY_FAULTS: readonly PlantedFault[] = [
  {
    name: 'late-exposure-posts-money',
    what: 'an exposure after its claim has lapsed is charged',
    file: 'durable-objects/customer/claims.ts',
    find: "nowMs <= decision.record.claimExpiresAtMs ? 'post' : 'void'",
    replace: "nowMs >= 0 ? 'post' : 'void'",
    caughtBy: { project: 'workerd', file: CLAIMS, title: 'is posted by the object’s own clock' },
  },
  {
    name: 'double-post',
    what: 'every contact with a decision posts its money again',
    file: 'durable-objects/customer/claims.ts',
    find: 'return claims !== undefined && settled === undefined;',
    replace: "return claims !== undefined && settled !== 'void';",
    caughtBy: { project: 'workerd', file: CLAIMS_END, title: 'is a touch and posts, and is no trial' },
  },
  {
    name: 'lost-void',
    what: 'a claim that lapses is never given back',
    file: 'durable-objects/customer/claims.ts',
    find: '    if (lapseOf(decision) > nowMs) continue;',
    replace: '    if (lapseOf(decision) <= nowMs) continue;',
    caughtBy: {
      project: 'workerd',
      file: CLAIMS,
      title: 'that nothing becomes of is given back a minute after it lapsed',
    },
  },
  {
    name: 'default-answer-forgotten-after-it-was-given',
    what: 'a call that arrives twice claims units that were put back after the first',
    file: 'durable-objects/customer/decide.ts',
    find: '    if (isBlank && call.purse) store.putBlank(',
    replace: '    if (isBlank && !call.purse) store.putBlank(',
    caughtBy: { project: 'workerd', file: CLAIMS, title: 'is not made by a call that arrives again' },
  },
  {
    name: 'no-alarm-behind-a-claim',
    what: 'nothing wakes the customer when a claim lapses',
    file: 'durable-objects/customer/claims.ts',
    find: '    nextMs = Math.min(nextMs ?? Number.POSITIVE_INFINITY, lapseOf(decision));',
    replace: '    if (lapseOf(decision) < 0) nextMs = 0;',
    caughtBy: { project: 'workerd', file: CLAIMS_END, title: 'sets the alarm for claims that came along' },
  },
  {
    name: 'erasure-forgets-claims',
    what: 'open claims of an erased customer stay pending for ever',
    file: 'durable-objects/customer/claims.ts',
    find: 'for (const decision of decisions) if (isOpen(decision)) tellLedgers(store, decision, kindOf(decision), nowMs);',
    replace: 'for (const decision of decisions) if (nowMs < 0) tellLedgers(store, decision, kindOf(decision), nowMs);',
    caughtBy: { project: 'workerd', file: CLAIMS_END, title: 'gives open claims back when they are erased' },
  },
  {
    name: 'given-back-by-a-clock-forgotten',
    what: 'what is received in time and arrives after its claim was given back counts as in time',
    file: 'durable-objects/customer/claims.ts',
    find: "settled === 'void' ? record.claimExpiresAtMs + 1 : 0",
    replace: "settled === 'void' ? record.atMs : 0",
    caughtBy: { project: 'workerd', file: CLAIMS, title: 'that was given back makes late what was received in time' },
  },
  {
    name: 'dropped-by-a-time-not-stored',
    what: 'a decision is dropped for age by a time that an eviction takes back, and its token counts once more',
    file: 'durable-objects/customer/prune.ts',
    find: 'record.atMs + RETENTION_MS) <= nowMs - SEEN_GRAIN_MS;',
    replace: 'record.atMs + RETENTION_MS) <= nowMs;',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/limits.test.ts',
      title: 'no decision goes while its token would bring it back',
    },
  },
  {
    name: 'stale-lease-claimed',
    what: 'units are claimed from a lease that is over',
    file: 'decisioning/limits/purse.ts',
    find: 'if (entry.ledger !== ledger || entry.useBeforeMs <= nowMs) continue;',
    replace: 'if (entry.ledger !== ledger || nowMs < 0) continue;',
    caughtBy: {
      project: 'node',
      file: 'decisioning/limits/purse.test.ts',
      title: 'is the sum of the leases that may be used still',
    },
  },
  {
    name: 'client-time-makes-a-lease-last',
    what: 'leases run by the time that a client tells',
    file: 'durable-objects/customer/view.ts',
    find: 'purseView(purse, claimTimeOf(state, call))',
    replace: 'purseView(purse, nowMs)',
    caughtBy: { project: 'workerd', file: CLAIMS, title: 'goes by the object’s time, not a client’s' },
  },
  {
    name: 'lives-share-a-name',
    what: 'a customer who was erased claims under the name of what was forgotten',
    file: 'durable-objects/customer/claims.ts',
    find: '  return forgottenAtMs > 0 ? ',
    replace: '  return forgottenAtMs < 0 ? ',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/claims-end.test.ts',
      title: 'settles what each life of theirs claims under a name of its own',
    },
  },
  {
    name: 'open-claims-without-end',
    what: 'one customer may bind all that a ledger has',
    file: 'durable-objects/customer/claims.ts',
    find: '(open.get(ledger) ?? 0) < MAX_OPEN_CLAIMS',
    replace: '(open.get(ledger) ?? 0) >= 0',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/claims-open.test.ts',
      title: 'gets nothing more of it until one is seen',
    },
  },
  {
    name: 'cheapest-arm-reserved',
    what: 'a campaign is eligible when the purse holds what its cheapest arm takes',
    file: 'decisioning/catalog/ledgers.ts',
    find: 'const dearest = Math.max(...costs);',
    replace: 'const dearest = Math.min(...costs.filter((cost) => cost > 0), Math.max(...costs));',
    caughtBy: {
      project: 'workerd',
      file: 'tests/workerd/money.test.ts',
      title: 'with less than the dearest arm leaves the page its own content',
    },
  },
  {
    name: 'purse-spent-twice-in-a-request',
    what: 'two placements of one request are paid with the same units',
    file: 'decisioning/limits/needs.ts',
    find: 'there: Math.max(0, units - taken)',
    replace: 'there: Math.max(0, units - 0 * taken)',
    caughtBy: {
      project: 'node',
      file: 'decisioning/limits/purse.test.ts',
      title: 'are met when every ledger has what the dearest arm takes',
    },
  },
  {
    name: 'doubt-put-back',
    what: 'units of a call that was lost are put back and spent again',
    file: 'decisioning/limits/wallet-lease.ts',
    find: '  if (certain) lease.left += rest;',
    replace: '  if (certain || rest > 0) lease.left += rest;',
    caughtBy: {
      project: 'node',
      file: WALLET,
      title: 'of a call with a lost attempt are not put back, claimed or not',
    },
  },
  {
    name: 'lost-lease-asked-anew',
    what: 'a lease whose answer was lost is asked for again under another id',
    file: 'decisioning/limits/wallet.ts',
    find: '    const leaseId = this.#unheard ?? freshId;',
    replace: '    const leaseId = freshId;',
    caughtBy: { project: 'node', file: WALLET, title: 'under the same id until it was heard of' },
  },
];
