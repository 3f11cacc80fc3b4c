/** Faults in what a decision claims and what counts against a cap. */
import type { PlantedFault } from '../fault.ts';

export const DECISION_FAULTS: readonly PlantedFault[] = [
  {
    name: 'await-between-check-and-act',
    what: 'another call comes between reading the caps and storing the claim',
    file: 'durable-objects/customer/object.ts',
    find: `    const answer = this.#memory.transact(call, (store) => decideAndStore(store, call, shared));`,
    replace: `    const before = structuredClone(this.#memory.state);
    await scheduler.wait(1);
    const answer = this.#memory.transact(call, (store) =>
      decideAndStore(Object.assign(Object.create(store), { state: { ...before, meta: store.state.meta } }), call, shared),
    );`,
    caughtBy: {
      project: 'workerd',
      file: 'tests/workerd/caps.test.ts',
      title: 'grants exactly 3 of 200 parallel calls with distinct request ids',
    },
  },
  {
    name: 'cap-off-by-one',
    what: 'a claim is granted when the cap is reached already',
    file: 'decisioning/touch-refusal.ts',
    find: 'facts.customer.touches(scope, cap.windowMs) + claimed >= cap.max',
    replace: 'facts.customer.touches(scope, cap.windowMs) + claimed > cap.max',
    caughtBy: {
      project: 'workerd',
      file: 'tests/workerd/caps.test.ts',
      title: 'grants exactly 3 of 200 parallel calls with distinct request ids',
    },
  },
  {
    name: 'pending-claims-do-not-count',
    what: 'only touches that were seen count against a cap',
    file: 'decisioning/limits/touches.ts',
    find: 'if (touch.pendingUntilMs === null ? touch.atMs > nowMs - windowMs : touch.pendingUntilMs > nowMs)',
    replace: 'if (touch.pendingUntilMs === null && touch.atMs > nowMs - windowMs)',
    caughtBy: {
      project: 'workerd',
      file: 'tests/workerd/caps.test.ts',
      title: 'grants exactly 3 of 200 parallel calls with distinct request ids',
    },
  },
  {
    name: 'claims-of-the-request-do-not-count',
    what: 'two placements of one request are both granted the last touch',
    file: 'decisioning/touch-refusal.ts',
    find: '    const claimed = claimedBefore(facts.chosenBefore, scope);',
    replace: '    const claimed = 0 * claimedBefore(facts.chosenBefore, scope);',
    caughtBy: {
      project: 'node',
      file: 'decisioning/decide.placements.test.ts',
      title: 'a claim of an earlier placement counts against the channel’s cap of a later one',
    },
  },
  {
    name: 'retry-decides-anew',
    what: 'a repeated request id is decided again instead of getting its first answer',
    file: 'durable-objects/customer/decide.ts',
    find: '    if (stored || isBlank)',
    replace: '    if (!stored && isBlank)',
    caughtBy: {
      project: 'workerd',
      file: 'tests/workerd/caps.test.ts',
      title: 'gives exactly 3 grants when lost replies are retried under the same ids',
    },
  },
  {
    name: 'time-goes-back',
    what: 'the object believes the clock of each worker instead of its own last moment',
    file: 'durable-objects/customer/view.ts',
    find: '  const nowMs = Math.max(receivedAtMs, state.lastAtMs);',
    replace: '  const nowMs = receivedAtMs;',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/limits.test.ts',
      title: 'does not go back when a request was received earlier than the last',
    },
  },
  {
    name: 'capped-first-visit-without-an-object',
    what: 'a first visit claims a capped touch in its token alone',
    file: 'worker/edge/decide.ts',
    find: '|| decisions.some(needsObject);',
    replace: '|| decisions.some((decided) => false && needsObject(decided));',
    caughtBy: {
      project: 'workerd',
      file: 'tests/workerd/first-visits.test.ts',
      title: 'holds over a second request that arrives before the first exposure',
    },
  },
  {
    name: 'memory-that-nobody-asked',
    what: 'an isolate decides by itself what depends on what only the customer’s object knows',
    file: 'worker/edge/outright.ts',
    find: 'if (customer.asked || decisions.some(leftMark)) return undefined;',
    replace: 'if (decisions.some(leftMark)) return undefined;',
    caughtBy: {
      project: 'workerd',
      file: 'tests/workerd/unstored.test.ts',
      title: 'not what the request says of itself',
    },
  },
  {
    name: 'refusal-that-waits',
    what: 'an isolate goes on deciding by the consent of before a refusal that it handed over itself',
    file: 'worker/routes/customers.ts',
    find: 'stub.putProfile(facts, profile).finally(() => forgetStanding(facts.name)),',
    replace: 'stub.putProfile(facts, profile),',
    caughtBy: {
      project: 'workerd',
      file: 'tests/workerd/unstored.test.ts',
      title: 'keeps a refusal that was stored, from the next request on, through whichever object was asked before',
    },
  },
  {
    name: 'known-customer-born-as-visitor',
    what: 'the object that feedback brings to life forgets a known customer after thirty idle days',
    file: 'worker/routes/feedback.ts',
    find: 'anonymous: !items.some(({ record }) => record.known),',
    replace: 'anonymous: true,',
    caughtBy: {
      project: 'workerd',
      file: 'tests/workerd/unstored.test.ts',
      title: 'is stored with its feedback, counted once, and is the known customer’s',
    },
  },
  {
    name: 'propensity-of-another-policy',
    what: 'the probability that is logged is not the one that the arm was drawn with',
    file: 'decisioning/assignment.ts',
    find: '    propensityArm: probabilities[index] as number,',
    replace: '    propensityArm: 1 / probabilities.length,',
    caughtBy: {
      project: 'node',
      file: 'decisioning/decide.frequency.test.ts',
      title: 'weighted by the inverse of what was logged, each choice stands for every time it could have been made',
    },
  },
];
