/** How bad things are: chances of each fault, drawn anew at every place where it can strike. */

export interface Weather {
  /** A message never arrives; the caller hears of a broken connection. Drawn for the call and again for its reply. */
  readonly lose: number;
  /** A call arrives a second time, up to minutes later. */
  readonly repeat: number;
  /** A message takes up to seconds instead of milliseconds, so that others overtake it. */
  readonly slow: number;
  /** The caller is told that the connection broke, and the call arrives all the same, up to minutes later. */
  readonly stray: number;
  /** An object's instance dies where it awaits or replies. */
  readonly crash: number;
  /** Of a crash: that what was not yet sent anywhere never reached the disk. */
  readonly unwritten: number;
  /** An alarm rings up to minutes late. */
  readonly lateAlarm: number;
  /** An alarm's handler runs again although it was through. */
  readonly repeatAlarm: number;
}

/** Longest that a message strays or an alarm is late: longer than any wait, retry and lease in the code. */
export const MAX_STRAY_MS = 3 * 60_000;
/** Longest that a slow message is on its way: a few of the waits that the worker gives an object. */
export const MAX_SLOW_MS = 4_000;
/** Longest that a message is on its way otherwise. */
export const MAX_QUICK_MS = 20;

export const WEATHERS = {
  calm: { lose: 0, repeat: 0, slow: 0, stray: 0, crash: 0, unwritten: 0, lateAlarm: 0, repeatAlarm: 0 },
  breeze: {
    lose: 0.02,
    repeat: 0.02,
    slow: 0.05,
    stray: 0.01,
    crash: 0.005,
    unwritten: 0.5,
    lateAlarm: 0.05,
    repeatAlarm: 0.05,
  },
  gale: {
    lose: 0.1,
    repeat: 0.1,
    slow: 0.2,
    stray: 0.05,
    crash: 0.02,
    unwritten: 0.5,
    lateAlarm: 0.2,
    repeatAlarm: 0.2,
  },
  storm: {
    lose: 0.3,
    repeat: 0.3,
    slow: 0.3,
    stray: 0.1,
    crash: 0.08,
    unwritten: 0.5,
    lateAlarm: 0.3,
    repeatAlarm: 0.3,
  },
} as const satisfies Record<string, Weather>;

export type WeatherName = keyof typeof WEATHERS;
