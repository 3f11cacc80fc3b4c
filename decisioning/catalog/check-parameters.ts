/** Whether a campaign's parameters steer it to channels and times that its placements have. */
import { isWithin } from '../limits/quiet-hours.ts';
import { OUTBOUND_FROM_MS } from '../steering/availability.ts';
import type { CampaignConfiguration, ChannelConfiguration, Configuration } from './configuration.ts';
import { noSuch } from './known-ids.ts';
import type { ParameterValue } from './parameters.ts';
import type { Report } from './problems.ts';

/** Whether an arm can ever be shown on a channel: one that answers at once cannot wait, an outbound claim waits for as long as it lives. */
function canWait({ claimTtlMs }: ChannelConfiguration, { afterMs = 0 }: Pick<ParameterValue, 'afterMs'>): boolean {
  return claimTtlMs < OUTBOUND_FROM_MS ? afterMs === 0 : afterMs <= claimTtlMs;
}

const MINUTES_PER_DAY = 1_440;

/** Whether any minute of a day is in the value's window and outside of the channel's quiet hours: both are on the customer's own clock, whatever its days. */
function mayEverSpeak({ quietHours }: ChannelConfiguration, { window }: Pick<ParameterValue, 'window'>): boolean {
  if (!quietHours || !window) return true;
  // Minutes in one and not in the other begin at these alone.
  const beginnings = [0, window.fromMinute, quietHours.toMinute % MINUTES_PER_DAY];
  return beginnings.some((minute) => isWithin(window, minute) && !isWithin(quietHours, minute));
}

/** Reports channels that are not there or that no placement has, and arms that could never be shown. */
export function checkParameters(campaign: CampaignConfiguration, configuration: Configuration, report: Report): void {
  const { parameters } = campaign;
  if (!parameters) return;
  const at = `/campaigns/${campaign.id}/parameters`;
  const places = configuration.placements.filter(({ id }) => campaign.placements.includes(id));
  const here = configuration.channels.filter(({ id }) => places.some(({ channel }) => channel === id));
  let sound = true;
  for (const [i, { values }] of parameters.entries()) {
    for (const [j, { channel }] of values.entries()) {
      if (channel === undefined || here.some(({ id }) => id === channel)) continue;
      sound = false;
      const channels = configuration.channels.map(({ id }) => id);
      const detail = channels.includes(channel)
        ? `no placement of the campaign is on channel "${channel}"`
        : noSuch('channel', channel, channels);
      report(`${at}/${i}/values/${j}/channel`, detail);
    }
  }
  if (sound) checkMoments(campaign, here, report);
}

/** Reports times of which no arm can make use, and the first arm that has no moment on any channel. */
function checkMoments(
  { id, parameters = [], arms }: CampaignConfiguration,
  here: readonly ChannelConfiguration[],
  report: Report,
): void {
  const where = parameters.findIndex(({ kind }) => kind === 'channel');
  const when = parameters.findIndex(({ kind }) => kind === 'timing');
  if (when === -1) return;
  const times = parameters[when]!.values;
  const waitsOn = (values: readonly number[]): readonly ChannelConfiguration[] => {
    const channel = parameters[where]?.values[values[where]!]?.channel;
    return here.filter(
      (each) => (channel === undefined || each.id === channel) && canWait(each, times[values[when]!]!),
    );
  };
  const found = arms.map(({ id: armId, values = [] }) => {
    const time = values[when]!;
    const channels = waitsOn(values);
    return { armId, time, channels, speaks: channels.some((each) => mayEverSpeak(each, times[time]!)) };
  });
  const late = found.find(({ channels }) => channels.length === 0);
  if (late)
    report(
      `/campaigns/${id}/exclude`,
      `must take out arm "${late.armId}": no channel of its placements waits as long as its time demands`,
    );
  const silent = found.filter(({ channels, speaks }) => channels.length > 0 && !speaks);
  const mute = [...times.keys()].filter(
    (time) => silent.some((one) => one.time === time) && !found.some((one) => one.time === time && one.speaks),
  );
  for (const time of mute) {
    const ids = silent.filter((one) => one.time === time).flatMap(({ channels }) => channels.map((each) => each.id));
    report(
      `/campaigns/${id}/parameters/${when}/values/${time}/window`,
      `lies within the quiet hours of ${[...new Set(ids)].map((each) => `"${each}"`).join(', ')}: nothing could ever be sent`,
    );
  }
  const other = silent.find(({ time }) => !mute.includes(time));
  if (other)
    report(
      `/campaigns/${id}/exclude`,
      `must take out arm "${other.armId}": its time lies within the quiet hours of its channel`,
    );
}
