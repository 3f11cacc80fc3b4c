import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Accounts, openAccounts, transfer } from './ledger.ts';
import { type ClaimState, type ClaimStep, reportedStep, settledStep } from './ledger-claim.ts';

const plenty = { held: 10, remaining: 10 };
const closed = { held: 0, remaining: 10 };
const nothing = { held: 0, remaining: 0 };

describe('a claim that a worker tells of', () => {
  test('is kept for the customer to settle', () => {
    expect(reportedStep(undefined, 5, plenty)).toEqual({ state: 'pending', from: 'leased', to: 'pending' });
  });

  test.each(['pending', 'posted', 'voided', 'released', 'uncharged'] as const)(
    'changes nothing when it is %s',
    (known) => {
      expect(reportedStep(known, 5, plenty)).toBeUndefined();
    },
  );

  test('of a lease that was closed is kept out of what is free, if there is enough', () => {
    expect(reportedStep(undefined, 5, closed)).toEqual({ state: 'pending', from: 'remaining', to: 'pending' });
    expect(reportedStep(undefined, 11, closed)).toBeUndefined();
  });
});

describe('a claim that a customer settles', () => {
  test('is posted or given back', () => {
    expect(settledStep('pending', 'post', 5, nothing)).toEqual({ state: 'posted', from: 'pending', to: 'posted' });
    expect(settledStep('pending', 'void', 5, nothing)).toEqual({ state: 'voided', from: 'pending', to: 'remaining' });
  });

  test('before the worker tells of it is taken from the lease', () => {
    expect(settledStep(undefined, 'post', 10, plenty)).toEqual({ state: 'posted', from: 'leased', to: 'posted' });
    expect(settledStep(undefined, 'void', 10, plenty)).toEqual({ state: 'voided', from: 'leased', to: 'remaining' });
  });

  test('after its lease was closed takes what is free, or nobody is charged', () => {
    expect(settledStep(undefined, 'post', 10, closed)).toEqual({ state: 'posted', from: 'remaining', to: 'posted' });
    expect(settledStep(undefined, 'post', 11, closed)).toEqual({ state: 'uncharged' });
    expect(settledStep(undefined, 'void', 5, closed)).toEqual({ state: 'voided' });
  });

  test('after it was given up takes what is free, never what its lease holds for others', () => {
    expect(settledStep('released', 'post', 5, plenty)).toEqual({ state: 'posted', from: 'remaining', to: 'posted' });
    expect(settledStep('released', 'post', 5, { held: 10, remaining: 4 })).toEqual({ state: 'uncharged' });
    expect(settledStep('released', 'void', 5, plenty)).toEqual({ state: 'voided' });
  });

  test.each(['posted', 'voided', 'uncharged'] as const)('again, after it was %s, changes nothing', (known) => {
    expect(settledStep(known, 'post', 5, plenty)).toBeUndefined();
    expect(settledStep(known, 'void', 5, plenty)).toBeUndefined();
  });
});

/** One claim of `units` out of a lease, told in whatever order and however often. */
const telling = fc.constantFrom('report', 'post', 'close', 'give up' as const);

test('whatever is told in whatever order, a claim that was posted is paid once or counted as uncharged', () => {
  fc.assert(
    fc.property(fc.array(telling, { maxLength: 12 }), fc.nat({ max: 20 }), (tellings, others) => {
      const units = 5;
      let accounts: Accounts = transfer(openAccounts(units + 20), 'remaining', 'leased', units);
      // Others take what they get whenever it is free.
      accounts = transfer(accounts, 'remaining', 'posted', others);
      let held = units;
      let state: ClaimState | undefined;
      const apply = (step: ClaimStep | undefined): void => {
        if (!step) return;
        state = step.state;
        if (!step.from || !step.to) return;
        accounts = transfer(accounts, step.from, step.to, units);
        if (step.from === 'leased') held -= units;
      };
      for (const told of tellings) {
        if (told === 'report') apply(reportedStep(state, units, { held, remaining: accounts.remaining }));
        else if (told === 'post') apply(settledStep(state, 'post', units, { held, remaining: accounts.remaining }));
        else if (told === 'close') {
          accounts = transfer(accounts, 'leased', 'remaining', held);
          held = 0;
        } else if (state === 'pending') apply({ state: 'released', from: 'pending', to: 'remaining' });
      }
      const wasPosted = tellings.includes('post');
      expect(state === 'posted' || state === 'uncharged').toBe(wasPosted);
      expect(accounts.posted - others).toBe(state === 'posted' ? units : 0);
      expect(accounts.pending).toBe(state === 'pending' ? units : 0);
      expect(accounts.leased).toBe(held);
    }),
  );
});
