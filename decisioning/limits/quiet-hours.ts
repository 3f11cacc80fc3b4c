/** Hours of the customer's own day in which a channel leaves them alone. */
import type { QuietHours } from '../catalog/configuration.ts';
import type { Resolve } from '../segments/subject.ts';

/** Whether a minute of the day is in the window; one whose end is not after its beginning reaches over midnight. */
export function isWithin({ fromMinute, toMinute }: QuietHours, minute: number): boolean {
  if (fromMinute < toMinute) return minute >= fromMinute && minute < toMinute;
  return minute >= fromMinute || minute < toMinute;
}

/**
 * Whether the channel must be silent now. A message at three in the morning cannot be taken back, so a customer whose time zone is
 * not known is always in their quiet hours. Reads `time.zoneKnown` and `time.minute` as conditions do, so that receipts hold them.
 *
 * @param quietHours undefined for a channel that has none.
 */
export function isQuiet(quietHours: QuietHours | undefined, resolve: Resolve): boolean {
  if (quietHours === undefined) return false;
  if (resolve('time.zoneKnown') !== true) return true;
  const minute = resolve('time.minute');
  return typeof minute !== 'number' || isWithin(quietHours, minute);
}
