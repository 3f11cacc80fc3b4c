/** The accounts of a ledger: double entry in whole units, so that what leaves one account always arrives in another. */

/** posted + pending + leased + remaining = total, and none is ever below 0. */
export interface Accounts {
  /** Units there are. */
  readonly total: number;
  /** Spent: seen or sent in time. */
  readonly posted: number;
  /** Claimed by a decision that is neither seen nor lapsed, as far as it is known. */
  readonly pending: number;
  /** Handed to workers: unused, or claimed by decisions that nobody has told of yet. */
  readonly leased: number;
  /** Free. */
  readonly remaining: number;
}

/** Where units can be. */
export type Account = 'posted' | 'pending' | 'leased' | 'remaining';

/** Accounts of which nothing is spent. */
export function openAccounts(total: number): Accounts {
  return checked({ total, posted: 0, pending: 0, leased: 0, remaining: total });
}

/** Units that are not free. */
export function committedOf({ posted, pending, leased }: Accounts): number {
  return posted + pending + leased;
}

/**
 * Moves units from one account to another.
 *
 * @param units whole, 0 or more
 * @throws RangeError when there are fewer in `from`: somebody else's units would be spent
 */
export function transfer(accounts: Accounts, from: Account, to: Account, units: number): Accounts {
  if (!Number.isSafeInteger(units) || units < 0) throw new RangeError(`ledger: ${units} units cannot be moved`);
  if (accounts[from] < units) throw new RangeError(`ledger: ${units} of ${accounts[from]} units asked of ${from}`);
  if (from === to) return accounts;
  return { ...accounts, [from]: accounts[from] - units, [to]: accounts[to] + units };
}

/**
 * Follows a total that was changed. One below what is committed is reached as far as that allows: what is committed stays, and each
 * unit that comes back lowers the total, so that fitting again after every step ends at `wanted`.
 */
export function fitTotal(accounts: Accounts, wanted: number): Accounts {
  const committed = committedOf(accounts);
  const total = Math.max(wanted, committed);
  return total === accounts.total ? accounts : checked({ ...accounts, total, remaining: total - committed });
}

/** @throws RangeError for accounts that do not add up, or of which one is no count */
export function checked(accounts: Accounts): Accounts {
  const { total, posted, pending, leased, remaining } = accounts;
  const counts = [total, posted, pending, leased, remaining];
  if (counts.some((units) => !Number.isSafeInteger(units) || units < 0)) throw new RangeError('ledger: not a count');
  if (posted + pending + leased + remaining !== total) throw new RangeError('ledger: accounts do not add up');
  return accounts;
}
