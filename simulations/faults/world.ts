/** What a simulated object needs of the world around it. */
import type { StubSource } from '../../durable-objects/shared/stub.ts';
import type { Loop } from './loop.ts';
import type { SimulatedObject } from './object.ts';
import type { Weather } from './weather.ts';

export const KINDS = ['customer', 'shard', 'root', 'publisher', 'budget'] as const;
export type Kind = (typeof KINDS)[number];

export type ObjectClass = new (ctx: DurableObjectState, env: StubSource) => object;

/** A call that changed something, as the disk has it: what observers go by. */
export interface Change {
  readonly method: string;
  readonly args: readonly unknown[];
  /** The object's own clock when the call came. */
  readonly atMs: number;
}

/** What objects need of the world around them. */
export interface World {
  readonly loop: Loop;
  readonly env: StubSource;
  readonly seed: number;
  /** Of the moment. */
  weather(): Weather;
  chance(p: number): boolean;
  /** Whether a crash is planned for this very step, named `customer.decide reply`; and whether what it wrote is on disk by then. */
  strikes(step: string): 'written' | 'unwritten' | null;
  below(n: number): number;
  skewMs(hostName: string): number;
  /** Changes are on disk. */
  committed(object: SimulatedObject, changes: readonly Change[]): void;
  note(what: string): void;
}
