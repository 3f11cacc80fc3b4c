/** What campaigns declare about each other: rules of things that exist, and that can be kept. */
import { parseCounterPath } from '../segments/index.ts';
import { notWithinCounter, onlyAfterCounter } from './compile-relations.ts';
import type { CampaignConfiguration } from './configuration.ts';
import { type KnownIds, noSuch } from './known-ids.ts';
import type { Report } from './problems.ts';

const MS_PER_DAY = 86_400_000;

/** A counter that reads as this campaign's or goal's own: `all` names every goal and no campaign. */
function checkCounter(counter: string, at: string, report: Report): void {
  const parsed = parseCounterPath(counter);
  if (!parsed.ok || parsed.counter.name === null) report(at, `"${counter}" cannot be counted`);
}

function checkOnlyAfter(campaign: CampaignConfiguration, known: KnownIds, report: Report): void {
  for (const [i, rule] of (campaign.onlyAfter ?? []).entries()) {
    const at = `/campaigns/${campaign.id}/onlyAfter/${i}`;
    if ((rule.campaign === undefined) === (rule.goal === undefined)) report(at, 'must name a campaign or a goal');
    else if (rule.campaign === campaign.id) report(`${at}/campaign`, 'a campaign cannot come after itself');
    else if (rule.campaign !== undefined && !known.campaigns.has(rule.campaign))
      report(`${at}/campaign`, noSuch('campaign', rule.campaign, known.campaigns));
    else if (rule.goal !== undefined && !known.goals.has(rule.goal))
      report(`${at}/goal`, noSuch('goal', rule.goal, known.goals));
    else checkCounter(onlyAfterCounter(rule), at, report);
  }
}

function checkNotWithin(campaign: CampaignConfiguration, known: KnownIds, report: Report): void {
  for (const [i, rule] of (campaign.notWithin ?? []).entries()) {
    const at = `/campaigns/${campaign.id}/notWithin/${i}`;
    if (rule.campaign === campaign.id) report(`${at}/campaign`, "a campaign's distance from itself is a cap: see caps");
    else if (!known.campaigns.has(rule.campaign))
      report(`${at}/campaign`, noSuch('campaign', rule.campaign, known.campaigns));
    else checkCounter(notWithinCounter(rule), at, report);
    const wanted = campaign.onlyAfter?.some(
      (after) => after.campaign === rule.campaign && after.withinMs <= rule.days * MS_PER_DAY,
    );
    if (wanted) report(at, `onlyAfter wants "${rule.campaign}" within these days: both can never hold`);
  }
}

function checkAffinity(campaign: CampaignConfiguration, known: KnownIds, report: Report): void {
  for (const channel of Object.keys(campaign.arbitration?.affinity ?? {})) {
    if (!known.channels.has(channel))
      report(`/campaigns/${campaign.id}/arbitration/affinity/${channel}`, noSuch('channel', channel, known.channels));
  }
}

/** Campaigns that wait for each other in a circle, or for one that does: nobody could ever get the first of them. */
function checkCircles(campaigns: readonly CampaignConfiguration[], report: Report): void {
  const waitsFor = new Map(
    campaigns.map(({ id, onlyAfter = [] }) => [
      id,
      onlyAfter.flatMap((rule) => (rule.campaign === undefined || rule.campaign === id ? [] : [rule.campaign])),
    ]),
  );
  // Takes away what waits for nothing that is left; each round takes one at least, or is the last.
  for (let taken = true; taken; ) {
    taken = false;
    for (const [id, others] of waitsFor) {
      if (others.some((other) => waitsFor.has(other))) continue;
      waitsFor.delete(id);
      taken = true;
    }
  }
  for (const [id, others] of waitsFor) {
    const other = others.find((each) => waitsFor.has(each));
    report(`/campaigns/${id}/onlyAfter`, `waits for "${other}", and campaigns wait for each other in a circle`);
  }
}

/** Everything campaigns declare about each other and for arbitration. */
export function checkRelations(campaigns: readonly CampaignConfiguration[], known: KnownIds, report: Report): void {
  for (const campaign of campaigns) {
    checkOnlyAfter(campaign, known, report);
    checkNotWithin(campaign, known, report);
    checkAffinity(campaign, known, report);
  }
  checkCircles(campaigns, report);
}
