/** The parts that can be broken, for worker and objects alike, and the memory of an isolate that can be lost. */
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';
import { forgetSharedFacts } from '../../../durable-objects/customer/shared-facts.ts';
import { forgetCatalogs } from '../../../worker/edge/catalog.ts';
import { forgetKeys } from '../../../worker/edge/keys.ts';
import { forgetLeases } from '../../../worker/edge/leases.ts';
import { forgetSlices } from '../../../worker/edge/slices.ts';
import { answerOf, type Fault, faultyDatabase, faultyNamespace, Gate } from './faults.ts';

/** The bindings that worker and objects share: what a test puts there, all of them find. */
export const bindings = env as unknown as Record<string, unknown> & Env;

export const PARTS = ['d1', 'publisher', 'customer', 'campaign', 'budget', 'secret'] as const;
export type Part = (typeof PARTS)[number];

const NAMESPACES: Readonly<Record<Exclude<Part, 'd1' | 'secret'>, readonly string[]>> = {
  publisher: ['PUBLISHER'],
  customer: ['CUSTOMER'],
  campaign: ['CAMPAIGN_SHARD', 'CAMPAIGN_ROOT'],
  budget: ['BUDGET'],
};

const SECRETS = ['NAMING_SECRET', 'TOKEN_KEYS', 'SITE_SECRET_ROOT'];
/** Texts that are no secrets, by the sort of nonsense; 7 for those that are not here. */
const NO_SECRETS: Readonly<Record<string, unknown>> = {
  nothing: '',
  'half a text': '11'.repeat(20),
  'another shape': {},
};

const original = new Map<string, unknown>();

/** Puts something else into a binding, until `mend`. */
export function change(name: string, value: unknown): void {
  if (!original.has(name)) original.set(name, bindings[name]);
  bindings[name] = value;
}

/** Everything is as it was. */
export function mend(): void {
  for (const [name, value] of original) bindings[name] = value;
  original.clear();
  vi.restoreAllMocks();
}

/** Breaks a part; what is slow waits at the returned gate, `slowMs` or until it is opened. */
export function breakPart(part: Part, fault: Fault, nonsense: string, slowMs?: number): Gate {
  const gate = new Gate(slowMs);
  const answer = answerOf(fault, gate, nonsense);
  if (part === 'd1') change('DB', faultyDatabase(bindings.DB, answer));
  else if (part === 'secret') breakSecrets(fault, nonsense);
  else for (const name of NAMESPACES[part]) change(name, faultyNamespace(bindings[name] as object, answer));
  return gate;
}

/** Secrets are texts: missing, cut short, no texts at all. Slow they cannot be. */
function breakSecrets(fault: Fault, nonsense: string): void {
  const value = fault === 'down' ? undefined : nonsense in NO_SECRETS ? NO_SECRETS[nonsense] : 7;
  for (const name of SECRETS) change(name, value);
}

/** This isolate knows nothing any more, as a new one would not. */
export function forgetAll(): void {
  forgetCatalogs();
  forgetSlices();
  forgetKeys();
  forgetSharedFacts();
  forgetLeases();
}
