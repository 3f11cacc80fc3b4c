/** Telling the root what a shard has counted. */
import type { ShardReport, ShardReportReply } from './protocol.ts';
import type { CampaignShard } from './shard.ts';

/** How long a shard gathers changes before it reports them: one of the two seconds that learning may take. */
export const REPORT_DELAY_MS = 1_000;

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
