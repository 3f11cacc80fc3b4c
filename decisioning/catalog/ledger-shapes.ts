/** The shapes of ledgers and of what campaigns need of them. */
import { LEDGER_KINDS } from '../limits/ledger-spec.ts';
import {
  also,
  between,
  fields,
  finite,
  listOf,
  notNegative,
  nullable,
  oneOf,
  optional,
  text,
  where,
  wholeFrom,
} from './shape.ts';

const KEY = new RegExp(`^(${LEDGER_KINDS.join('|')}):.`);

const key = also(
  text,
  where((value: string) => (KEY.test(value) ? undefined : 'key')),
);

/** What a campaign's claims take. */
export const needsShape = listOf(fields({ ledger: key, units: wholeFrom(1), byArm: optional(listOf(wholeFrom(0))) }));

/** A ledger as the directory has it. */
export const ledgerShape = fields({
  key,
  name: optional(text),
  total: wholeFrom(0),
  period: oneOf('once', 'day'),
  timeZone: text,
  startsAtMs: nullable(finite),
  endsAtMs: nullable(finite),
  pacing: fields({ mode: oneOf('none', 'even', 'profile'), hours: optional(listOf(notNegative)) }),
  alertsAt: listOf(between(0, 1)),
  claimLifeMs: optional(wholeFrom(1)),
});
