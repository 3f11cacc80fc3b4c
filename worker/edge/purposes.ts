/** What a request refuses although there is consent, as customers' objects are told it. */
import type { OptimizeRequest } from '../../contract/decisions.ts';
import type { RefusedPurpose } from '../../durable-objects/customer/purposes.ts';
import type { Visitor } from './visitor.ts';

const NARROWING: readonly RefusedPurpose[] = ['analytics', 'ads'];

/** `consent` of a request as far as ids and storage go: without personalization there is none. */
export function narrowed({
  consent,
  purposes,
}: Pick<OptimizeRequest, 'consent' | 'purposes'>): OptimizeRequest['consent'] {
  return purposes?.personalization === false ? 'denied' : consent;
}

/** The refused purposes; undefined when there are none, as for requests that name none. Of nobody nothing is counted, and nobody said yes to ads. */
export function refusedOf(
  purposes: OptimizeRequest['purposes'],
  visitor?: Visitor,
): readonly RefusedPurpose[] | undefined {
  if (visitor?.kind === 'none') return NARROWING;
  const refused = NARROWING.filter((purpose) => purposes?.[purpose] === false);
  return refused.length > 0 ? refused : undefined;
}
