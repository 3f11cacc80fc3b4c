/** Whether a campaign's scores can be read. */
import { isHybrid } from '../bandits/policies.ts';
import { scoringModel } from '../scores.ts';
import { checkPath } from './check-conditions.ts';
import type { CampaignConfiguration } from './configuration.ts';
import type { KnownIds } from './known-ids.ts';
import type { Report } from './problems.ts';

/** Every arm's score on its own, and that none is left out: without one of each arm none would ever count. */
export function checkScores(campaign: CampaignConfiguration, at: string, known: KnownIds, report: Report): void {
  const { arms, score: shared } = campaign;
  checkHybrid(campaign, at, report);
  if (arms.every(({ score }) => score === undefined)) return;
  if (shared !== undefined) checkScore(shared, `${at}/score`, known, report);
  for (const [i, { id, score }] of arms.entries()) {
    const place = `${at}/arms/${i}/score`;
    if (score === undefined) report(place, `arm "${id}" has none: scores count only where every arm has one`);
    else if (score !== shared) checkScore(score, place, known, report);
  }
}

function checkScore(score: string, place: string, known: KnownIds, report: Report): void {
  checkPath(score, place, known, report);
  const declared = known.attributeTypes?.get(score);
  if (declared !== undefined && declared !== 'number')
    report(place, `"${score}" is declared as ${declared}: a score is a number from 0 to 1`);
}

/** A model that decides in the bandit's place is known by its record: all arms must be its, and nothing else may weigh its scores. */
function checkHybrid({ strategy, strategies, arms }: CampaignConfiguration, at: string, report: Report): void {
  const all = strategies
    ? strategies.map((one, i) => ({ own: one.strategy, place: `${at}/strategies/${i}/strategy/hybrid` }))
    : [{ own: strategy, place: `${at}/strategy/hybrid` }];
  const paths = arms.flatMap(({ score }) => score ?? []);
  for (const { own, place } of all) {
    if (own.policy === 'fixed_split' || !isHybrid(own)) continue;
    if ('modelWeight' in own && (own.modelWeight ?? 0) > 0)
      report(place, 'must not stand beside "modelWeight": scores are either blended in, or decide');
    if (paths.length > 0 && scoringModel(paths) === undefined)
      report(place, 'needs scores of one model: the "score" of every arm must begin with the same "models.<id>."');
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
