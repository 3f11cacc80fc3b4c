/** `GET /v1/budgets`, `/v1/inventory` and `/v1/capacity`: where money, stocks and capacities stand. */
import * as z from 'zod';
import { alert } from './alerts.ts';
import { slug } from './primitives.ts';
import { MAX_PAGE_SIZE } from './publishing.ts';

/** Ledgers of one page: each is an object of its own that is asked. */
export const ledgersQuery = z.strictObject({
  limit: z.coerce.number().pipe(z.int().min(1).max(MAX_PAGE_SIZE)).default(50),
  cursor: z.string().max(512).optional().meta({ description: '`next` of the page before' }),
});

export const money = z
  .strictObject({
    minor: z.int().meta({ description: 'In minor units of the currency' }),
    amount: z.string().meta({ description: 'The same as a decimal number in major units', example: '1250.00' }),
  })
  .meta({ id: 'Money' });

/** The accounts of a ledger, in money or in whole units. posted + pending + leased + remaining = total. */
function accountsIn<T extends z.ZodType>(unit: T) {
  return {
    total: unit.meta({
      description:
        'All there is (a day); above `configured` while that was lowered below what is spent, promised or leased already',
    }),
    configured: unit.meta({
      description: 'What is published; less than `total` while more than that is spent, promised or leased already',
    }),
    posted: unit.meta({ description: 'Spent: seen or sent' }),
    pending: unit.meta({ description: 'Promised to decisions that were neither seen nor have lapsed' }),
    leased: unit.meta({ description: 'In the hands of serving isolates, or in doubt; what is not used comes back' }),
    remaining: unit.meta({ description: 'Free' }),
    planned: unit.nullable().meta({ description: 'What the plan has spent by now; null where nothing is paced' }),
    uncharged: unit.meta({ description: 'Seen or sent when nothing was left for it: not in `posted`' }),
  };
}

const standing = {
  period: z.enum(['once', 'day']).meta({ description: '`day`: every local day begins with the total' }),
  day: z.string().nullable().meta({ description: 'The local day that the figures are of', example: '2026-11-22' }),
  timeZone: z.string(),
  start: z.iso.datetime().nullable().meta({ description: 'Nothing is spent before' }),
  end: z.iso.datetime().nullable().meta({ description: 'Nothing is spent from then on' }),
  pacing: z.enum(['none', 'even', 'profile']),
  spentShare: z.number().nullable().meta({ description: '`posted` of `total`; null when there is nothing in all' }),
  aheadShare: z.number().nullable().meta({
    description:
      'How far posted, pending and leased together are ahead of the plan, as a share of `total`; negative: behind; null without plan',
  }),
  price: z.number().meta({
    description:
      'Dual price: the value that a unit (a minor unit of money) must bring to be spent now; 0 while nothing is held back',
  }),
  holders: z.int().meta({ description: 'Isolates that hold a lease' }),
  alerts: z
    .array(alert)
    .optional()
    .meta({ description: 'The latest alerts about it, newest first; missing when they cannot be read just now' }),
  asOf: z.iso.datetime(),
};

export const budget = z
  .strictObject({ pool: slug, name: z.string(), currency: z.string(), ...accountsIn(money), ...standing })
  .meta({ id: 'Budget', description: 'Where a pool stands. posted + pending + leased + remaining = total' });

export const inventory = z
  .strictObject({ stock: slug, name: z.string(), ...accountsIn(z.int()), ...standing })
  .meta({ id: 'Inventory', description: 'Where a stock stands. posted + pending + leased + remaining = total' });

export const capacityStanding = z
  .strictObject({
    of: z.enum(['channel', 'campaign']),
    id: slug,
    name: z.string(),
    ...accountsIn(z.int()),
    ...standing,
  })
  .meta({ id: 'CapacityStanding', description: 'Where the contacts of a day stand, of a channel or of a campaign' });

function listOf<T extends z.ZodType>(item: T, id: string) {
  return z
    .strictObject({
      items: z.array(item),
      unavailable: z.array(z.string()).meta({
        description: 'Keys of those on this page that did not answer in time, such as `pool:spring`: ask again',
      }),
      next: z.string().nullable(),
    })
    .meta({ id });
}

export const budgetsResponse = listOf(budget, 'Budgets');
export const inventoryResponse = listOf(inventory, 'InventoryList');
export const capacityResponse = listOf(capacityStanding, 'CapacityList');

export type Budget = z.infer<typeof budget>;
export type Inventory = z.infer<typeof inventory>;
export type CapacityStanding = z.infer<typeof capacityStanding>;
