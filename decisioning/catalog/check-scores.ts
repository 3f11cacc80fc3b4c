/** Whether a campaign's scores can be read. */
import { checkPath } from './check-conditions.ts';
import type { CampaignConfiguration } from './configuration.ts';
import type { KnownIds } from './known-ids.ts';
import type { Report } from './problems.ts';

/** Every arm's score on its own, and that none is left out: without one of each arm none would ever count. */
export function checkScores({ arms }: CampaignConfiguration, at: string, known: KnownIds, report: Report): void {
  if (arms.every(({ score }) => score === undefined)) return;
  for (const [i, { id, score }] of arms.entries()) {
    const place = `${at}/arms/${i}/score`;
    if (score === undefined) {
      report(place, `arm "${id}" has none: scores count only where every arm has one`);
      continue;
    }
    checkPath(score, place, known, report);
    const declared = known.attributeTypes?.get(score);
    if (declared !== undefined && declared !== 'number')
      report(place, `"${score}" is declared as ${declared}: a score is a number from 0 to 1`);
  }
}

/** Where the customer's own worth of a conversion is read. */
export function checkWorth({ arbitration }: CampaignConfiguration, at: string, known: KnownIds, report: Report): void {
  const path = arbitration?.valueFrom;
  if (path === undefined) return;
  const place = `${at}/arbitration/valueFrom`;
  checkPath(path, place, known, report);
  const declared = known.attributeTypes?.get(path);
  if (declared !== undefined && declared !== 'number')
    report(place, `"${path}" is declared as ${declared}: a worth is a number of major units`);
}
