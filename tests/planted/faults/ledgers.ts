/** Faults in ledgers, and in what follows a claim to them. */
import type { PlantedFault } from '../fault.ts';

const DOUBT = 'durable-objects/budget/doubt.test.ts';
const LEDGER = 'durable-objects/budget/ledger.test.ts';
const PERIODS = 'durable-objects/budget/periods.test.ts';

export const LEDGER_FAULTS: readonly PlantedFault[] = [
  {
    name: 'lease-never-returned',
    what: 'what a worker gives back stays leased until the lease is closed',
    file: 'durable-objects/budget/reporting.ts',
    find: 'Math.min(Math.max(0, returned - lease.returned), lease.held)',
    replace: '0 * Math.min(Math.max(0, returned - lease.returned), lease.held)',
    caughtBy: {
      project: 'workerd',
      file: LEDGER,
      title: 'are cumulative: telling one again, or an older one, changes nothing',
    },
  },
  {
    name: 'returned-twice',
    what: 'what a worker gives back is added for every time that it is told',
    file: 'durable-objects/budget/reporting.ts',
    find: 'Math.max(0, returned - lease.returned)',
    replace: 'Math.max(0, returned)',
    caughtBy: {
      project: 'workerd',
      file: LEDGER,
      title: 'are cumulative: telling one again, or an older one, changes nothing',
    },
  },
  {
    name: 'doubt-never-ends',
    what: 'a lease is closed and what was in doubt is forgotten with it',
    file: 'durable-objects/budget/sweeping.ts',
    find: "  book.release(closed, 'remaining', lease.held);",
    replace: '  book.setLease(closed);',
    caughtBy: { project: 'workerd', file: DOUBT, title: 'counts as spent until the lease is closed, and is free then' },
  },
  {
    name: 'doubt-ends-too-soon',
    what: 'a lease is closed when it is over, while its claims may still be posted',
    file: 'decisioning/limits/lease.ts',
    find: 'return useBefore + claimLifeMs + SETTLE_WITHIN_MS;',
    replace: 'return useBefore + 0 * claimLifeMs;',
    caughtBy: { project: 'workerd', file: DOUBT, title: 'is kept while claims can live' },
  },
  {
    name: 'no-grace-after-an-outage',
    what: 'a ledger that comes back closes leases before it has heard what waited for it',
    file: 'durable-objects/budget/sweeping.ts',
    find: '  if (lease.held > 0 && book.nowMs < graceEndsMs && !wasWaitedFor) {',
    replace: '  if (lease.held < 0 && book.nowMs < graceEndsMs && !wasWaitedFor) {',
    caughtBy: { project: 'workerd', file: DOUBT, title: 'is not given back within three minutes of coming back' },
  },
  {
    name: 'settlement-counted-twice',
    what: 'a settlement that comes again is booked again',
    file: 'decisioning/limits/ledger-claim.ts',
    find: "  if (known !== undefined && known !== 'released') return undefined;",
    replace: '',
    caughtBy: {
      project: 'workerd',
      file: LEDGER,
      title: 'before the report and after it, posted or lapsed, is booked once',
    },
  },
  {
    name: 'late-post-overdraws',
    what: 'a post of a closed lease is taken from units that are not there',
    file: 'decisioning/limits/ledger-claim.ts',
    find: "  return remaining >= units ? 'remaining' : undefined;",
    replace: "  return remaining >= 0 ? 'remaining' : undefined;",
    caughtBy: {
      project: 'workerd',
      file: DOUBT,
      title: 'is uncharged and told when one unit is missing: nothing is overdrawn',
    },
  },
  {
    name: 'stale-configuration-wins',
    what: 'an isolate that is behind takes the total back to what it was',
    file: 'durable-objects/budget/adopting.ts',
    find: '  if (ledger && revision <= ledger.revision) return latestOf(book, told, revision);',
    replace: '',
    caughtBy: {
      project: 'workerd',
      file: PERIODS,
      title: 'goes by the highest revision: an isolate that is behind changes nothing',
    },
  },
  {
    name: 'settled-on-the-wrong-day',
    what: 'what is told after midnight is booked on the new day',
    file: 'durable-objects/budget/settling.ts',
    find: 'const lease = book.lease(leaseId) ?? unknownLease(book, periodNow, leaseId);',
    replace: 'const lease = { ...(book.lease(leaseId) ?? unknownLease(book, periodNow, leaseId)), period: periodNow };',
    caughtBy: { project: 'workerd', file: PERIODS, title: 'keeps what is told of its leases after it is over' },
  },
  {
    name: 'lease-reaches-over-midnight',
    what: 'units of one day are spent on the next',
    file: 'decisioning/limits/lease.ts',
    find: 'return Math.min(nowMs + LEASE_LIFE_MS, windowToMs ?? Infinity);',
    replace: 'return Math.min(nowMs + LEASE_LIFE_MS, Infinity - 0 * (windowToMs ?? 0));',
    caughtBy: { project: 'workerd', file: PERIODS, title: 'begins with all its units and ends with its last moment' },
  },
  {
    name: 'days-of-24-hours',
    what: 'a local day lasts 24 hours, also when the clocks change',
    file: 'decisioning/limits/windows.ts',
    find: '  const toMs = startOfDay(timeZone, day + 1);',
    replace: '  const toMs = fromMs + MS_PER_DAY;',
    caughtBy: {
      project: 'node',
      file: 'decisioning/limits/windows.test.ts',
      title: 'is that of a calendar looked at every minute',
    },
  },
  {
    name: 'ledger-heard-forgotten-early',
    what: 'settlements are removed from the outbox before the ledger has heard them',
    file: 'durable-objects/customer/teller.ts',
    find: '        if (!batch || !(await this.#carry(workspaceId, batch))) return;\n        settledUpTo(this.#sql, batch);',
    replace:
      '        if (!batch) return;\n        settledUpTo(this.#sql, batch);\n        if (!(await this.#carry(workspaceId, batch))) return;',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/teller.test.ts',
      title:
        'holds up neither the other ledger nor statistics, and hears everything once when it is back an hour later',
    },
  },
  {
    name: 'spends-without-consent',
    what: 'a visitor of whom nothing may be kept gets a purse',
    file: 'worker/edge/decide.ts',
    find: "  if (visitor.kind === 'none') return { outcome: 'decided', decisions: decideHere(bare, asked), visitor };",
    replace: '',
    caughtBy: {
      project: 'workerd',
      file: 'tests/workerd/money.test.ts',
      title: 'pays nothing for visitors without consent',
    },
  },
  {
    name: 'no-price',
    what: 'a price is published and never taken off a value',
    file: 'decisioning/arbitration/value.ts',
    find: 'value: total - fatigue - price',
    replace: 'value: total - fatigue - 0 * price',
    caughtBy: {
      project: 'node',
      file: 'decisioning/decide.budget.test.ts',
      title: 'takes the price of the expected units off the value; what is worth less than it costs is paced',
    },
  },
  {
    name: 'ahead-of-its-plan',
    what: 'a paced ledger leases as much as is asked for',
    file: 'durable-objects/budget/leasing.ts',
    find: 'headroom: paced === Infinity ? null : paced,',
    replace: 'headroom: paced === Infinity ? null : Infinity,',
    caughtBy: {
      project: 'workerd',
      file: LEDGER,
      title: 'is refused when it would run ahead of the plan, and granted once the plan has caught up',
    },
  },
];
