/** Reports on their way: kept until the API has them, over times without a network and restarts of the app. */
import { keep, kept } from './host.ts';

/** A report: path below `/v1/`, and its body as lib/outbox.ts wrote it. */
export interface Report {
  path: string;
  body: string;
  at: number;
}

/** Whether the API has it (or never will): only `again` is tried again. */
export type Fate = 'done' | 'again';

/** As many as the page script lets wait. */
const MAX_REPORTS = 200;
const MAX_REPORT_BYTES = 64 * 1_024;
/** A report older than this says little about what is shown today. */
const REPORT_MS = 24 * 3_600_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

let reports: Report[] = [];
let isOpen = false;
let isSending = false;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let send: (report: Report) => Promise<Fate> = async () => 'again';

const save = (): void => keep('outbox', JSON.stringify(reports));

/** Drops what is too old or too much, the oldest first. */
const bound = (): void => {
  const oldest = Date.now() - REPORT_MS;
  reports = reports.filter(({ at }) => at > oldest).slice(-MAX_REPORTS);
  while (reports.length > 1 && JSON.stringify(reports).length > MAX_REPORT_BYTES) reports.shift();
};

/** Takes up what an earlier run has left, and learns how to send. */
export const openOutbox = (how: (report: Report) => Promise<Fate>): void => {
  send = how;
  if (isOpen) return;
  isOpen = true;
  try {
    const list: unknown = JSON.parse(kept('outbox') ?? '[]');
    if (Array.isArray(list)) reports = list.filter((entry) => typeof entry?.body === 'string');
  } catch {}
  bound();
  void drain();
};

/** Sends what waits, one after the other and in order; a failure is tried again, each time later. Called again it tries at once. */
export const drain = async (): Promise<void> => {
  clearTimeout(timer);
  if (isSending) return;
  isSending = true;
  while (reports[0]) {
    const report = reports[0];
    const fate = await send(report).catch(() => 'again' as const);
    if (fate === 'again') {
      // Half of it by chance, so that not all phones of a train come out of the tunnel at once.
      const ms = Math.min(FIRST_RETRY_MS * 2 ** failures++, LAST_RETRY_MS) * (0.5 + Math.random() / 2);
      timer = setTimeout(() => void drain(), ms);
      break;
    }
    failures = 0;
    reports = reports.filter((other) => other !== report);
    save();
  }
  isSending = false;
};

export const enqueue = (path: string, body: string): void => {
  reports.push({ path, body, at: Date.now() });
  bound();
  save();
  void drain();
};

/** Drops what waits. */
export const emptyOutbox = (): void => {
  isOpen = false;
  reports = [];
};
