/** Every planted fault. */
import type { PlantedFault } from '../fault.ts';
import { DECISION_FAULTS } from './decisions.ts';
import { IDENTITY_FAULTS } from './identity.ts';
import { LEARNING_FAULTS } from './learning.ts';
import { LEDGER_FAULTS } from './ledgers.ts';
import { MONEY_FAULTS } from './money.ts';
import { OUTBOX_FAULTS } from './outbox.ts';
import { REQUEST_FAULTS } from './requests.ts';
import { SHARD_FAULTS } from './shards.ts';

export const FAULTS: readonly PlantedFault[] = [
  ...DECISION_FAULTS,
  ...IDENTITY_FAULTS,
  ...LEARNING_FAULTS,
  ...OUTBOX_FAULTS,
  ...SHARD_FAULTS,
  ...MONEY_FAULTS,
  ...LEDGER_FAULTS,
  ...REQUEST_FAULTS,
];
