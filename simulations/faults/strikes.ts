/** Crashes at every step of the way of a unit: which there are, and which were struck. */
import type { Dice } from './dice.ts';

/** Steps of objects: where in which method an instance dies. What it wrote in the step is on disk by then, or not. */
const OBJECT_STEPS = [
  'budget.lease await',
  'budget.lease reply',
  'budget.settle await',
  'budget.settle reply',
  'budget.alarm await',
  'budget.alarm reply',
  'customer.decide await',
  'customer.decide reply',
  'customer.feedback await',
  'customer.feedback send',
  'customer.feedback reply',
  'customer.alarm await',
  'customer.alarm send',
  'customer.alarm reply',
];

/** Steps of isolates. */
const ISOLATE_STEPS = [
  'isolate lease asked',
  'isolate lease answered',
  'isolate report asked',
  'isolate report answered',
  'isolate decide asked',
  'isolate decide answered',
];

type How = 'written' | 'unwritten';

/** Every step with both of its ends, as they are counted. */
export const ALL_STEPS: readonly string[] = [
  ...OBJECT_STEPS.flatMap((step) => [`${step} written`, `${step} unwritten`]),
  ...ISOLATE_STEPS.map((step) => `${step} written`),
];

/** A step is struck this many times for certain, then by chance. */
const CERTAIN = 2;
/** Of passages through a step after that: some hundred crashes in a large run. */
const LATER_CHANCE = 0.0005;
/** Passages between the first ones that are struck. */
const SPREAD = 12;
/** Awaits are passed only now and then: mostly there is nothing to wait for. */
const RARE_SPREAD = 3;

export class Strikes {
  /** step → crashes at it. */
  readonly struck = new Map<string, number>();
  readonly #passed = new Map<string, number>();
  readonly #due = new Map<string, number>();
  readonly #dice: Dice;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** Whether to crash at this passage through a step. */
  strikes(step: string): How | null {
    const hows: readonly How[] = step.startsWith('isolate ') ? ['written'] : ['written', 'unwritten'];
    const passed = (this.#passed.get(step) ?? 0) + 1;
    this.#passed.set(step, passed);
    for (const how of hows) {
      const name = `${step} ${how}`;
      const due = this.#due.get(name) ?? 1 + this.#dice.below(step.endsWith(' await') ? RARE_SPREAD : SPREAD);
      this.#due.set(name, due);
      const times = this.struck.get(name) ?? 0;
      if (times < CERTAIN ? passed < due : !this.#dice.chance(LATER_CHANCE)) continue;
      this.struck.set(name, times + 1);
      this.#due.set(name, passed + 1 + this.#dice.below(SPREAD));
      return how;
    }
    return null;
  }

  /** Steps that nothing was struck at. */
  missed(): string[] {
    return ALL_STEPS.filter((step) => !this.struck.has(step));
  }
}
