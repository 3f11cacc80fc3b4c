/** What the page script is told with the page: the decisions that it need not ask for. `client-snippet/lib/handed.ts` reads it. */
import { jsonInMarkup } from '../../decisioning/content/markup.ts';
import type { Visit } from './visit.ts';
import type { Visitor } from './visitor.ts';

/** A data block: not run by any browser, and no business of a content security policy. */
export function handOver({ answers }: Visit, { consent, purposes, anonymousId }: Visitor, preview: boolean): string {
  const block = {
    consent,
    ...(purposes && { purposes }),
    ...(preview && { preview }),
    ...(anonymousId !== undefined && { anonymousId }),
    decisions: answers.flatMap(({ decisions }) => decisions),
  };
  return `<script type="application/json" id="hyperedge-decisions">${jsonInMarkup(block)}</script>`;
}
