/** Whether several strategies of a campaign fit it and each other. */
import { checkStrategy } from './check-strategy.ts';
import type { CampaignConfiguration } from './configuration.ts';
import type { Report } from './problems.ts';

/** How far rounding may move the sum of shares from 1: three thirds as .3333 each must do. */
const SHARE_TOLERANCE = 0.001;

/** Every strategy of a campaign by its own rules, and all of them together. */
export function checkStrategies(campaign: CampaignConfiguration, at: string, report: Report): void {
  const { strategies, strategyMode } = campaign;
  if (!strategies) {
    if (strategyMode !== undefined) report(`${at}/strategyMode`, 'needs "strategies" to choose among');
    checkStrategy(campaign, at, report);
    return;
  }
  // What was left out stands there as the default, which nobody can tell from the same in writing.
  const { policy, minExploration, ...rest } = campaign.strategy;
  if (policy !== 'thompson' || minExploration !== 0.01 || Object.values(rest).some((value) => value !== undefined))
    report(`${at}/strategy`, 'must not stand beside "strategies": one campaign has either');
  if (strategies.length < 2) report(`${at}/strategies`, 'needs at least two to compare');
  for (const [i, { strategy }] of strategies.entries()) {
    const from = `${at}/strategy/`;
    checkStrategy({ ...campaign, strategy }, at, (path, detail) =>
      report(path.startsWith(from) ? `${at}/strategies/${i}/strategy/${path.slice(from.length)}` : path, detail),
    );
  }
  checkShares(campaign, at, report);
}

function checkShares({ strategies = [], strategyMode }: CampaignConfiguration, at: string, report: Report): void {
  const given = strategies.filter(({ share }) => share !== undefined);
  if (given.length === 0) return;
  if (strategyMode === 'rotation') {
    report(`${at}/strategies`, 'must have no shares where strategies take turns: every turn is as long');
    return;
  }
  if (given.length < strategies.length) {
    report(`${at}/strategies`, 'must all have a share, or none of them');
    return;
  }
  const sum = given.reduce((total, { share }) => total + (share ?? 0), 0);
  if (Math.abs(sum - 1) > SHARE_TOLERANCE) report(`${at}/strategies`, `have shares that sum to ${sum}, not to 1`);
}
