/** Hours that nothing is learned from, because a person released a hold without them. They stay in every count. */

/** Hours that one campaign can leave out, as ranges: one a week for two years. More, and its trouble is another. */
export const MAX_LEFT_OUT = 100;

/** A condition on the column `hour` of a table: none of the hours that are left out. */
export function notLeftOut(table: string): string {
  return `NOT EXISTS (SELECT 1 FROM left_out o WHERE ${table}.hour >= o.from_hour AND ${table}.hour < o.until_hour)`;
}

/** Hours since the epoch, [from, until). */
export interface HourRange {
  readonly fromHour: number;
  readonly untilHour: number;
}

/** All that are left out, the earliest first. */
export function readLeftOut(sql: SqlStorage): readonly HourRange[] {
  return sql
    .exec<{ fromHour: number; untilHour: number }>(
      'SELECT from_hour AS fromHour, until_hour AS untilHour FROM left_out ORDER BY from_hour',
    )
    .toArray();
}

/** Whether an hour is left out. */
export function isLeftOut(sql: SqlStorage, hour: number): boolean {
  return touchesLeftOut(readLeftOut(sql), hour, 1);
}

/** Whether anything of a bucket of hours is left out. */
export function touchesLeftOut(leftOut: readonly HourRange[], hour: number, hours: number): boolean {
  return leftOut.some(({ fromHour, untilHour }) => hour < untilHour && hour + hours > fromHour);
}

/**
 * Leaves out more hours. Ranges that touch become one: releases in a row, as under an attack that goes on, use up no further range.
 *
 * @returns false, and changes nothing, beyond {@link MAX_LEFT_OUT} ranges
 */
export function leaveOut(sql: SqlStorage, range: HourRange): boolean {
  const known = readLeftOut(sql);
  const touching = known.filter(
    ({ fromHour, untilHour }) => fromHour <= range.untilHour && untilHour >= range.fromHour,
  );
  if (known.length - touching.length >= MAX_LEFT_OUT) return false;
  for (const { fromHour } of touching) sql.exec('DELETE FROM left_out WHERE from_hour = ?', fromHour);
  sql.exec(
    'INSERT INTO left_out (from_hour, until_hour) VALUES (?, ?)',
    Math.min(range.fromHour, ...touching.map(({ fromHour }) => fromHour)),
    Math.max(range.untilHour, ...touching.map(({ untilHour }) => untilHour)),
  );
  return true;
}
