import { expect, test } from 'vitest';
import { REPORT_DELAY_MS, REPORT_GATHER_MS, reportDueAtMs } from './reporting.ts';

const NOW_MS = Date.UTC(2026, 4, 1);

test('what comes after a pause is reported soon, what comes behind a report a second after that', () => {
  expect(reportDueAtMs(0, NOW_MS)).toBe(NOW_MS + REPORT_GATHER_MS);
  expect(reportDueAtMs(NOW_MS - REPORT_DELAY_MS, NOW_MS)).toBe(NOW_MS + REPORT_GATHER_MS);
  expect(reportDueAtMs(NOW_MS - 300, NOW_MS)).toBe(NOW_MS - 300 + REPORT_DELAY_MS);
  expect(reportDueAtMs(NOW_MS, NOW_MS)).toBe(NOW_MS + REPORT_DELAY_MS);
});

test('a clock that was put back holds no report up', () => {
  expect(reportDueAtMs(NOW_MS + 3_600_000, NOW_MS)).toBe(NOW_MS + REPORT_DELAY_MS);
});
