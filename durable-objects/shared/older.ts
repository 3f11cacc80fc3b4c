/** Telling an object that an earlier version still runs: during a rollout, soon over. */

/** What the platform says of a method that is not there. */
const NO_METHOD = /does not implement the method/;

/** Whether a call failed because the object's version does not know its method. */
export function isUnknownMethod(error: unknown): boolean {
  return error instanceof TypeError && NO_METHOD.test(error.message);
}
