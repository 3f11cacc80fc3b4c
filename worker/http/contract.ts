/** The contract of an application, which says what is wrong with a request. Where decisions are made it is not loaded, but asked. */
import type { App } from './app.ts';
import type { Call } from './call.ts';
import type { Part } from './endpoint-spec.ts';
import { type Checked, refused } from './problem.ts';

/** Where a value stood: what is wrong with it is told of a place in the body, or of a parameter. */
export type Kind = 'body' | 'parameter';

/** The last word on a value that its check, or its schema, did not take: what it is after all, or every field that is wrong. */
export type Contract = (c: Call, part: Part, value: unknown, kind: Kind) => Promise<Checked<unknown>>;

/** Where nobody asks who could mend a field. */
const withoutWords: Contract = async () => refused('invalid_request');

const contracts = new WeakMap<App, Contract>();

/** Tells an application whom to ask; one that is not told refuses without words. */
export function useContract(app: App, contract: Contract): void {
  contracts.set(app, contract);
}

/** Whom an application asks. */
export function contractOf(app: App): Contract {
  return contracts.get(app) ?? withoutWords;
}
