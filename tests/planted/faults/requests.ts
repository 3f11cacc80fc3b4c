/** Faults in what is checked of a request before anything is done with it. */
import type { PlantedFault } from '../fault.ts';

export const REQUEST_FAULTS: readonly PlantedFault[] = [
  {
    name: 'check-takes-unknown-fields',
    what: 'a check takes a request with a field that its schema does not know',
    file: 'contract/checks/check.ts',
    find: 'if (test === undefined || !test(value[name])) return false;',
    replace: 'if (test !== undefined && !test(value[name])) return false;',
    caughtBy: {
      project: 'node',
      file: 'contract/checks/same-as-schemas.test.ts',
      title: 'takes what the schema takes, gives what it gives, and is not sure of the rest',
    },
  },
  {
    name: 'check-of-an-older-schema',
    what: 'a schema changes, and its check stays as it was',
    file: 'contract/decisions.ts',
    find: 'url: z.string().max(2_048).optional(),',
    replace: 'url: z.string().max(4_096).optional(),',
    caughtBy: {
      project: 'node',
      file: 'contract/checks/requests.test.ts',
      title: 'are what the schemas make of them: npm run checks',
    },
  },
  {
    name: 'words-without-end',
    what: 'the worker behind is asked about every request that cannot be taken',
    file: 'worker/http/contract-behind.ts',
    find: "  if (judged.take('', MAX_JUDGED_PER_SECOND, c.receivedAtMs) > 0) return undefined;\n",
    replace: '',
    caughtBy: {
      project: 'workerd',
      file: 'worker/http/contract-behind.test.ts',
      title: 'asks so often, and no more: who sends what cannot be taken in masses gets no words for it',
    },
  },
];
