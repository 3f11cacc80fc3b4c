/** Deciding without asking the customer's object: where `decide()` asks nothing that only the object knows, it would have answered the same. */
import { decide } from '../../decisioning/decide.ts';
import { leftMark } from '../../decisioning/mark.ts';
import { conditionAttributes, REQUEST_ROOTS } from '../../decisioning/request-attributes.ts';
import { attributeResolver, type Resolve } from '../../decisioning/segments/subject.ts';
import type { CustomerView } from '../../decisioning/view.ts';
import type { DecideCall, DecidedPlacement, Standing } from '../../durable-objects/customer/protocol.ts';
import { consentOf } from '../../durable-objects/customer/purposes.ts';
import { unstoredPlacement } from '../../durable-objects/customer/unstored.ts';
import type { SharedFacts } from '../../durable-objects/customer/view.ts';

const ROOTS: ReadonlySet<string> = new Set(REQUEST_ROOTS);

type Named = 'workspaceId' | 'siteId' | 'name' | 'anonymous' | 'refused';

/** What deciding reads of a call besides what only the object would. */
export interface OutrightCall extends Pick<DecideCall, Named | 'receivedAtMs' | 'requests' | 'revision' | 'switches'> {
  /** Whose attributes are read where a condition asks for one, and not before. */
  readonly request: Pick<DecideCall, 'attributes'>;
}

/** A customer of whom only consent is known; `asked` once something else was asked of them. */
export class Stranger implements CustomerView {
  asked = false;
  readonly bucketingId: string;
  readonly resolve: Resolve;
  readonly consents: CustomerView['consents'];

  constructor(
    { anonymous, refused, request }: Pick<OutrightCall, 'anonymous' | 'refused' | 'request'>,
    { bucketingId, consent, timeZone }: Standing,
    nowMs: number,
  ) {
    this.bucketingId = bucketingId;
    let facts: Resolve | undefined;
    this.resolve = (path) => {
      const { attributes } = request;
      // What the request says hides the trait of the same name; of everything else the object has the word.
      if (!Object.hasOwn(attributes, path) && !ROOTS.has(path.split('.', 1)[0] as string)) return this.#ask(null);
      facts ??= attributeResolver(conditionAttributes({ traits: {}, request: attributes, nowMs, timeZone, anonymous }));
      return facts(path);
    };
    const profile = { traits: {}, consent };
    this.consents = (name) => consentOf(profile, name, refused);
  }

  touches(): number {
    return this.#ask(0);
  }

  pressure(): number {
    return this.#ask(0);
  }

  assignment(): undefined {
    return this.#ask(undefined);
  }

  get sessionKey(): string {
    return this.#ask('');
  }

  #ask<T>(answer: T): T {
    this.asked = true;
    return answer;
  }
}

/** The decisions of a call; undefined when something was asked that only the customer's object knows, or one would leave a mark. */
export function decideOutright(
  call: OutrightCall,
  shared: SharedFacts,
  standing: Standing,
): readonly DecidedPlacement[] | undefined {
  const nowMs = call.receivedAtMs;
  const customer = new Stranger(call, standing, nowMs);
  const { sliceOf, evidence } = shared;
  const { requests, switches } = call;
  const decisions = decide({ requests, sliceOf, evidence, switches, customer, nowMs });
  if (customer.asked || decisions.some(leftMark)) return undefined;
  return decisions.map((decision) =>
    unstoredPlacement(decision, sliceOf(decision.placement), call, standing.bucketingId, nowMs),
  );
}
