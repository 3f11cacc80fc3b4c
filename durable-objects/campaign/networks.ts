/** Networks whose trials a shard has counted: a row for each day, packed as `NetworkTrials` packs them. */
import { dayOfNetwork, NetworkTrials, remains, WHOLE_DAYS } from '../../decisioning/limits/network-trials.ts';
import type { StatisticsEvent } from './protocol.ts';

const MS_PER_DAY = 86_400_000;
/** Days that are remembered: a trial's sticky period is 90 days at most, and goals are looked for 90 days after the last decision of it. */
const KEPT_DAYS = 182;

interface DayRow extends Record<string, SqlStorageValue> {
  day: number;
  trials: ArrayBuffer;
}

/** What the tables hold, read day by day as it is asked for. */
export function storedNetworks(sql: SqlStorage): NetworkTrials {
  return new NetworkTrials((day) => {
    const [row] = sql.exec<DayRow>('SELECT day, trials FROM networks WHERE day = ?', day).toArray();
    return row && new Uint32Array(row.trials);
  });
}

/** What is counted of an event: of a trial that its network has no room for only that something was seen. */
export function learnedOf(networks: NetworkTrials, event: StatisticsEvent): StatisticsEvent {
  const { trial, change } = event;
  if (!trial) return event;
  // What is heard first takes the place: what came of a trial may be told before it, by the object that its customer became known to.
  const isWhole = dayOfNetwork(trial[0]) > Math.floor(Date.now() / MS_PER_DAY) - WHOLE_DAYS;
  if (networks.admits(trial, isWhole || (change.trials ?? 0) > 0)) return event;
  const { sums: _sums, momentsHour: _hour, ...seen } = event;
  const { trials: _trials, conversions: _conversions, revenueMinor: _revenue, ...kept } = change;
  return { ...seen, change: kept };
}

/** Writes days that changed, and forgets what no outcome will be told of. Inside the caller's transaction, once a fold. */
export function foldNetworks(sql: SqlStorage, networks: NetworkTrials, nowMs: number): void {
  for (const [day, trials] of networks.changed()) writeDay(sql, day, trials, true);
  const today = Math.floor(nowMs / MS_PER_DAY);
  const over = 'SELECT day, trials FROM networks WHERE is_whole AND day <= ?';
  for (const { day, trials } of sql.exec<DayRow>(over, today - WHOLE_DAYS).toArray())
    writeDay(sql, day, remains(new Uint32Array(trials)), false);
  sql.exec('DELETE FROM networks WHERE day < ?', today - KEPT_DAYS);
}

/** @param isWhole with networks that were refused nothing */
function writeDay(sql: SqlStorage, day: number, trials: Uint32Array, isWhole: boolean): void {
  sql.exec('INSERT OR REPLACE INTO networks (day, is_whole, trials) VALUES (?, ?, ?)', day, isWhole ? 1 : 0, trials);
}
