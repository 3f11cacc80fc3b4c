/** The contract in the worker behind, asked over a binding that no address leads to. */
import { PROBLEMS } from '../../contract/problems.ts';
import { Buckets } from './buckets.ts';
import type { Call } from './call.ts';
import type { Contract, Kind } from './contract.ts';
import { Deadline, LATE } from './deadline.ts';
import type { Part } from './endpoint-spec.ts';
import { noteError } from './errors.ts';
import { type Checked, refused } from './problem.ts';

/** What is there of the worker behind; undefined: it knows no such request. */
export interface ContractBinding {
  judge(request: string, value: unknown, kind: Kind): Promise<Checked<unknown> | undefined>;
}

/** The worker behind may have to start first: whoever sent what cannot be taken waits for the words, and for nothing else. */
const CONTRACT_WAIT_MS = 1_000;
/** Of one isolate: whoever sends what cannot be taken in masses gets no words for it. As many as one network may ask for decisions. */
const MAX_JUDGED_PER_SECOND = 200;
/** Of these, what may come at once: a queue that an app sends after it was written for another contract. */
const JUDGED_BURST_SECONDS = 5;

const judged = new Buckets(JUDGED_BURST_SECONDS);

/** A last look: another version may say it in another way, and what is no word is not gone by. */
function isWord(said: Checked<unknown> | undefined): said is Checked<unknown> {
  if (said?.ok === true) return said.value !== undefined;
  return said?.ok === false && Object.hasOwn(PROBLEMS, said.refusal?.problem);
}

async function ask(c: Call, part: Part, value: unknown, kind: Kind): Promise<Checked<unknown> | undefined> {
  const { CONTRACT } = c.env as { readonly CONTRACT?: ContractBinding };
  if (!CONTRACT || !('request' in part)) return undefined;
  if (judged.take('', MAX_JUDGED_PER_SECOND, c.receivedAtMs) > 0) return undefined;
  const done = c.timing.start('contract');
  try {
    const wait = new Deadline(() => c.ctx, CONTRACT_WAIT_MS);
    // A query has no prototype, and calls between workers carry nothing that has none.
    const carried = kind === 'parameter' ? { ...(value as object) } : value;
    const said = await wait.within(CONTRACT.judge(part.request, carried, kind));
    return said !== LATE && isWord(said) ? said : undefined;
  } catch (error) {
    // It is not there, or of a version that cannot be asked.
    noteError(error, c);
    return undefined;
  } finally {
    done();
  }
}

/** The words for what is wrong are nice to have: without them it is refused all the same. */
export const contractBehind: Contract = async (c, part, value, kind) =>
  (await ask(c, part, value, kind)) ??
  refused('invalid_request', 'It does not follow the contract; which field is wrong could not be found out just now');
