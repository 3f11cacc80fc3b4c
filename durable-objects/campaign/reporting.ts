/** Telling the root what a shard has counted. */
import type { ShardReport, ShardReportReply } from './protocol.ts';
import type { CampaignShard } from './shard.ts';

/** Between two reports of a shard, at least: one of the two and a half seconds that learning may take. */
export const REPORT_DELAY_MS = 1_000;
/** What comes after a pause is reported so soon: a commit of what comes along is in it (`COMMIT_WINDOW_MS`), a whole delay would bring little more. */
export const REPORT_GATHER_MS = 500;

/** When a change is to be reported that comes now, in ms since the epoch. @param reportedAtMs when a report was begun last; 0 before the first */
export const reportDueAtMs = (reportedAtMs: number, nowMs: number): number =>
  // A clock that was put back does not hold a report up.
  nowMs + Math.max(REPORT_GATHER_MS, Math.min(REPORT_DELAY_MS, reportedAtMs + REPORT_DELAY_MS - nowMs));

/** Reports in one run of the alarm: 10,000 cells, a few seconds of the root at most; the rest follows in the next run. */
export const MAX_REPORTS_PER_RUN = 20;

/**
 * Reports until nothing is left or the run is long enough. A report whose acknowledgement is lost is sent again: its values are
 * cumulative, so the root takes it as it takes the first.
 *
 * @returns whether anything is left
 * @throws what `send` throws; what was acknowledged before stays so
 */
export async function reportChanges(
  shard: CampaignShard,
  send: (report: ShardReport) => Promise<ShardReportReply>,
): Promise<boolean> {
  for (let sent = 0; sent < MAX_REPORTS_PER_RUN; sent += 1) {
    const report = shard.nextReport();
    if (!report) return false;
    await send(report);
    // The report's own seq, not the reply's: that is what this shard knows the root has been handed.
    shard.acknowledge(report.seq);
  }
  return shard.nextReport() !== null;
}
