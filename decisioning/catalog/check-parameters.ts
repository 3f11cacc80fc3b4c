/** Whether a campaign's parameters steer it to channels and times that its placements have. */
import { OUTBOUND_FROM_MS } from '../steering/availability.ts';
import type { CampaignConfiguration, ChannelConfiguration, Configuration } from './configuration.ts';
import { noSuch } from './known-ids.ts';
import type { ParameterValue } from './parameters.ts';
import type { Report } from './problems.ts';

/** Whether an arm can ever be shown on a channel: one that answers at once cannot wait, an outbound claim waits for as long as it lives. */
function canWait({ claimTtlMs }: ChannelConfiguration, { afterMs = 0 }: Pick<ParameterValue, 'afterMs'>): boolean {
  return claimTtlMs < OUTBOUND_FROM_MS ? afterMs === 0 : afterMs <= claimTtlMs;
}

/** Reports prices, channels that are not there or that no placement has, and arms that could never be shown. */
export function checkParameters(campaign: CampaignConfiguration, configuration: Configuration, report: Report): void {
  const { parameters, arms } = campaign;
  if (!parameters) return;
  const at = `/campaigns/${campaign.id}/parameters`;
  const places = configuration.placements.filter(({ id }) => campaign.placements.includes(id));
  const here = configuration.channels.filter(({ id }) => places.some(({ channel }) => channel === id));
  let sound = true;
  for (const [i, { values }] of parameters.entries()) {
    for (const [j, { channel, costMinor }] of values.entries()) {
      if (costMinor > 0)
        report(
          `${at}/${i}/values/${j}/costMinor`,
          'a price needs a budget, and campaigns have no budgets yet: it must be 0',
        );
      if (channel === undefined || here.some(({ id }) => id === channel)) continue;
      sound = false;
      const channels = configuration.channels.map(({ id }) => id);
      const detail = channels.includes(channel)
        ? `no placement of the campaign is on channel "${channel}"`
        : noSuch('channel', channel, channels);
      report(`${at}/${i}/values/${j}/channel`, detail);
    }
  }
  if (!sound) return;
  const where = parameters.findIndex(({ kind }) => kind === 'channel');
  const when = parameters.findIndex(({ kind }) => kind === 'timing');
  if (when === -1) return;
  const never = arms.find(({ values = [] }) => {
    const channel = parameters[where]?.values[values[where]!]?.channel;
    const timing = parameters[when]!.values[values[when]!]!;
    return !here.some((each) => (channel === undefined || each.id === channel) && canWait(each, timing));
  });
  if (never)
    report(
      `/campaigns/${campaign.id}/exclude`,
      `must take out arm "${never.id}": no channel of its placements waits as long as its time demands`,
    );
}
