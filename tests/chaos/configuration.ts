/** What the runtime that is killed serves: campaigns without end for two kinds of clients, and one with a cap. */

/** Campaigns of each kind; a request asks for all of its kind. */
const CAMPAIGNS = 8;
/** Contacts a week of the capped campaign. */
export const CAP = 3;

const ids = (kind: string): string[] => Array.from({ length: CAMPAIGNS }, (_, i) => `${kind}-${i}`);

/** Of clients that send every event until it is acknowledged: must be counted to the last. Campaign and placement have one id. */
export const STUBBORN = ids('stubborn');
/** Of clients that give up at the first failure: may be counted, once. */
export const CARELESS = ids('careless');
export const CAPPED = 'capped';
/** Asked for by stubborn clients alone: what is seen of it must be paid, to the unit. */
export const PAID = 'paid';
export const COST_MINOR = 7;
/** What five thousand of its contacts cost: it is paid from to the last kill, although each leaves a lease in doubt for ten minutes. */
export const POOL_MINOR = 5_000 * COST_MINOR;

const campaign = (id: string, more: object = {}) => ({
  kind: 'campaign',
  id,
  name: id,
  objective: { goal: 'reached' },
  placements: [id],
  arms: [
    { id: 'a', content: { text: 'A' } },
    { id: 'b', content: { text: 'B' } },
  ],
  ...more,
});

/** Every decision is a trial of its own: figures can be compared event by event. */
const everyTime = { sticky: { mode: 'none' }, caps: [] };

/** Documents to publish. */
export function documents(): object[] {
  const all = [...STUBBORN, ...CARELESS];
  return [
    { kind: 'goal', id: 'reached', name: 'Reached' },
    // Claims stay pending for the whole run, so that every grant counts.
    { kind: 'channel', id: 'outbound', name: 'Outbound', cap: { max: CAP, per: '7d' }, claimTtl: '1d' },
    ...all.map((id) => ({ kind: 'placement', id, name: id })),
    { kind: 'pool', id: 'pot', name: 'Pot', totalMinor: POOL_MINOR },
    { kind: 'placement', id: PAID, name: 'Paid' },
    { kind: 'placement', id: CAPPED, name: 'Capped', channel: 'outbound' },
    ...all.map((id) => campaign(id, everyTime)),
    campaign(CAPPED, everyTime),
    campaign(PAID, { ...everyTime, pool: 'pot', arms: [{ id: 'a', content: { text: 'A' }, costMinor: COST_MINOR }] }),
  ];
}
