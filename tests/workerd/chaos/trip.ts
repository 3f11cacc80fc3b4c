/** Throws at the n-th thing that a handler waits for: before it is carried out, or after it was, its answer lost. */
import { runInDurableObject } from 'cloudflare:test';
import { faultyNamespace } from './faults.ts';
import { bindings, change, mend } from './parts.ts';

export type Moment = 'before' | 'after';

/** A wire across everything that is awaited. */
export class Trip {
  #left = Number.POSITIVE_INFINITY;
  #moment: Moment = 'before';
  /** Whether it was thrown. */
  sprung = false;

  /** Throws at the n-th await from now on, counted from 1. */
  arm(nth: number, moment: Moment): void {
    this.#left = nth;
    this.#moment = moment;
    this.sprung = false;
  }

  disarm(): void {
    this.#left = Number.POSITIVE_INFINITY;
  }

  /** One thing that is awaited. */
  async over<T>(act: () => Promise<T>): Promise<T> {
    this.#left -= 1;
    if (this.#left !== 0) return act();
    this.sprung = true;
    if (this.#moment === 'after') await act();
    // Not worth repeating, as the caller sees it: a retry would hide that it was thrown.
    throw Object.assign(new Error('Network connection lost.'), { remote: true });
  }
}

const AWAITED = ['getAlarm', 'setAlarm', 'deleteAlarm', 'deleteAll'] as const;

/** Calls through bindings cross the wire while `act` runs. */
export async function across(names: readonly string[], trip: Trip, act: () => Promise<unknown>): Promise<void> {
  for (const name of names)
    change(
      name,
      faultyNamespace(bindings[name] as object, (real) => trip.over(real)),
    );
  try {
    await act();
  } finally {
    mend();
  }
}

/** Runs an object's alarm; what it awaits of its storage, and of the objects behind these bindings, crosses the wire. */
export async function ring(stub: unknown, trip: Trip, names: readonly string[]): Promise<void> {
  await runInDurableObject(stub as DurableObjectStub, async (instance, { storage }) => {
    const wires = storage as unknown as Record<string, unknown>;
    for (const name of AWAITED) {
      const real = (storage[name] as (...args: unknown[]) => Promise<unknown>).bind(storage);
      wires[name] = (...args: unknown[]) => trip.over(() => real(...args));
    }
    try {
      await across(names, trip, () => (instance as unknown as { alarm(): Promise<void> }).alarm());
    } finally {
      for (const name of AWAITED) delete wires[name];
    }
  });
}
