/** Faults in who turns out to be whom. */
import type { PlantedFault } from '../fault.ts';

const caughtBy = {
  project: 'node',
  file: 'simulations/faults/identity/merge.test.ts',
  title: 'no touch, trial, outcome or claim is lost or doubled, whoever turns out to be whom, and when',
} as const;

export const IDENTITY_FAULTS: readonly PlantedFault[] = [
  {
    name: 'arm-of-any-device',
    what: 'the newest arm of any device is kept, of the other group too',
    file: 'durable-objects/customer/state.ts',
    find: '    if (record.bucketingId === bucketingId) own = newer(own, decision);',
    replace: "    if (bucketingId !== '') own = newer(own, decision);",
    caughtBy,
  },
  {
    name: 'void-of-all-devices',
    what: 'a device that was forgotten voids the tokens of every device of its customer',
    file: 'durable-objects/customer/credit.ts',
    find: 'state.voided.get(record.customer) ?? 0',
    replace: '...state.voided.values()',
    caughtBy: {
      project: 'workerd',
      file: 'durable-objects/customer/identify.test.ts',
      title: 'is void when it becomes known; first visits of other devices are not',
    },
  },
  {
    name: 'enrolled-twice',
    what: 'an enrolment that a device brings takes the place of the customer’s own',
    file: 'durable-objects/customer/legacy.ts',
    find: 'if (!state.enrolments.has(enrolment.campaignId) && enrolment.atMs > sinceMs)',
    replace: 'if (enrolment.atMs > sinceMs)',
    caughtBy,
  },
];
