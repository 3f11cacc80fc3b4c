/** Reasons in words, for people who were not there. */
import type { RefusalReason } from './reasons.ts';

const WORDS: Readonly<Record<RefusalReason, string>> = {
  kill_switch: 'The workspace is switched off: everyone gets default content.',
  paused: 'The campaign is paused.',
  not_scheduled: 'The campaign does not run at this time.',
  already_chosen: 'The campaign was chosen for an earlier placement of the same request.',
  no_consent: 'The customer has not consented to this channel.',
  not_in_audience: "The customer is not in the campaign's audience.",
  capped_campaign: 'The customer has had as many touches of this campaign as its cap allows.',
  capped_channel: 'The customer has had as many touches on this channel as its cap allows.',
  capped_global: 'The customer has had as many touches as the workspace allows.',
  no_budget: 'No unit of the budget is left.',
  fatigued: 'The customer has been contacted so much lately that leaving them in peace is worth more.',
  outranked: 'Another campaign was chosen.',
};

/** A sentence for a reason. */
export function describeRefusal(reason: RefusalReason): string {
  return WORDS[reason];
}
