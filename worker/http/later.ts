/** Values that may be here already: to wait for one that is costs a turn of the microtask queue, and a decision has a dozen of them. */

/** Whether it must be waited for. */
export const isLater = <T>(value: T | Promise<T>): value is Promise<T> => value instanceof Promise;
