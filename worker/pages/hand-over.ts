/** What the page script is told with the page: the decisions that it need not ask for. `client-snippet/lib/handed.ts` reads it. */
import { jsonInMarkup } from '../../decisioning/content/markup.ts';
import type { Visit } from './visit.ts';
import type { Visitor } from './visitor.ts';

/** A data block: not run by any browser, and no business of a content security policy. */
export function handOver({ answers }: Visit, visitor: Visitor, preview: boolean): string {
  const { consent, purposes } = visitor;
  const answer = answers.at(-1);
  // An id that has ended went with the headers, before anybody knew: the script is told the one that was decided for, and its requests bring the cookie there.
  const { anonymousId } = answer && visitor.anonymousId !== undefined ? answer.customer : visitor;
  const block = {
    consent,
    ...(purposes && { purposes }),
    ...(preview && { preview }),
    ...(anonymousId !== undefined && { anonymousId }),
    decisions: answers.flatMap(({ decisions }) => decisions),
  };
  return `<script type="application/json" id="hyperedge-decisions">${jsonInMarkup(block)}</script>`;
}
