/** What of money, stocks and capacities may be published, but should not surprise anybody. */
import type { CampaignConfiguration, Configuration, PoolConfiguration } from './configuration.ts';
import type { CatalogProblem } from './problems.ts';
import { boundsOf } from './schedule-bounds.ts';

const NEVER = 'campaigns that need it are never chosen';
const FREE_ARMS_WARNING =
  'some arms cost nothing and others do: once the pool cannot pay for the dearest, none of them is shown; free arms that should go on need a campaign of their own';

/** Warnings of a configuration that was checked: campaigns first, then pools, stocks and channels, each in their order. */
export function ledgerWarnings(
  configuration: Pick<Configuration, 'campaigns'> & Partial<Configuration>,
): readonly CatalogProblem[] {
  const { campaigns, pools = [], stocks = [], channels = [], placements = [] } = configuration;
  const warnings: CatalogProblem[] = [];
  const warn = (path: string, detail: string): void => void warnings.push({ path, detail });
  for (const campaign of campaigns) {
    const at = `/campaigns/${campaign.id}`;
    const pool = pools.find(({ id }) => id === campaign.pool);
    if (pool) for (const [field, detail] of paidFrom(campaign, pool)) warn(`${at}/${field}`, detail);
    if (campaign.dailyCapacity === 0) warn(`${at}/dailyCapacity`, 'is 0: the campaign is never chosen');
  }
  for (const { id, dailyMinor, totalMinor } of pools) {
    const isUsed = campaigns.some(({ pool, arms }) => pool === id && arms.some(({ costMinor }) => costMinor > 0));
    if (!isUsed) warn(`/pools/${id}`, 'nothing is paid from it: no campaign has an arm that costs and names this pool');
    const field = dailyMinor === undefined ? 'totalMinor' : 'dailyMinor';
    if ((dailyMinor ?? totalMinor) === 0) warn(`/pools/${id}/${field}`, `is 0: ${NEVER}`);
  }
  for (const { id, total } of stocks) {
    if (!campaigns.some(({ stock }) => stock === id))
      warn(`/stocks/${id}`, 'nothing is taken from it: no campaign names this stock');
    if (total === 0) warn(`/stocks/${id}/total`, `is 0: ${NEVER}`);
  }
  for (const { id, capacity } of channels) {
    if (!capacity) continue;
    const here = placements.filter(({ channel }) => channel === id).map((placement) => placement.id);
    if (!campaigns.some((campaign) => campaign.placements.some((placement) => here.includes(placement))))
      warn(`/channels/${id}/capacity`, 'nothing is taken from it: no campaign has a placement on this channel');
    if (capacity.perDay === 0) warn(`/channels/${id}/capacity/perDay`, 'is 0: nothing is ever chosen on this channel');
  }
  return warnings;
}

type Warning = readonly [field: string, detail: string];

/** What of a campaign does not go together with the pool that it names. */
function paidFrom(campaign: CampaignConfiguration, pool: PoolConfiguration): readonly Warning[] {
  const { arms, schedule } = campaign;
  const dearest = arms.reduce((most, arm) => (arm.costMinor > most.costMinor ? arm : most), arms[0]!);
  if (dearest.costMinor === 0) return [['pool', 'has no effect: no arm costs anything']];
  const found: Warning[] = [];
  const amount = pool.dailyMinor ?? pool.totalMinor ?? 0;
  if (amount > 0 && dearest.costMinor > amount) {
    const holds = `pool "${pool.id}" holds${pool.dailyMinor === undefined ? '' : ' a day'}`;
    const costs = `arm "${dearest.id}" costs ${dearest.costMinor} minor units, more than the ${amount} that ${holds}`;
    found.push(['pool', `${costs}: the campaign is never chosen, since every arm must be affordable`]);
  }
  if (arms.some(({ costMinor }) => costMinor === 0)) found.push(['pool', FREE_ARMS_WARNING]);
  const [runs, open] = [boundsOf(schedule), boundsOf(pool)];
  const meet =
    (runs.startsAtMs ?? -Infinity) < (open.endsAtMs ?? Infinity) &&
    (open.startsAtMs ?? -Infinity) < (runs.endsAtMs ?? Infinity);
  if (!meet) found.push(['schedule', `pool "${pool.id}" is open at no time of it: the campaign is never chosen`]);
  return found;
}
