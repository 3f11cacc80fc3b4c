/** What a simulation says: per campaign a table of contenders, for people and for programs. */
import type { RewardSpec } from '../../decisioning/bandits/rewards/reward.ts';
import { type ContenderSummary, compare, type Mean } from '../../simulations/worlds/compare.ts';
import type { PlayedCampaign } from '../../simulations/worlds/played.ts';
import { paint, table } from '../terminal.ts';
import type { LoadedWorld } from './load.ts';

/** Contender → runs → campaigns. */
export type PlayedWorld = readonly (readonly (readonly PlayedCampaign[])[])[];

export interface CampaignReport {
  readonly campaign: string;
  /** Of rewards, losses and differences. */
  readonly measure: RewardSpec['kind'];
  readonly unit: string;
  readonly currency: string;
  readonly contenders: readonly ContenderSummary[];
}

export interface WorldReport {
  readonly name: string;
  readonly days: number;
  readonly runs: number;
  readonly seed: number;
  readonly visits: number;
  readonly customers: number;
  readonly campaigns: readonly CampaignReport[];
}

/** @param population mean visits and customers a run. */
export function reportOf(
  { file, contenders, compared, changed, measures }: LoadedWorld,
  played: PlayedWorld,
  options: { readonly seed: number; readonly runs: number; readonly visits: number; readonly customers: number },
): WorldReport {
  return {
    name: file.name,
    days: file.days,
    ...options,
    campaigns: compared.map((campaign) => {
      const { reward } = measures.get(campaign)!;
      const { currency } = contenders[0]!.catalog.directory;
      // A campaign that nobody changes is reported once, as it fared beside the first contender's.
      const competing = changed.has(campaign) ? contenders : contenders.slice(0, 1);
      const place = [...contenders[0]!.plan.campaigns.keys()].indexOf(campaign);
      return {
        campaign,
        measure: reward.kind,
        unit: unitOf(reward, currency),
        currency,
        contenders: compare(competing.map(({ name }, i) => ({ name, runs: played[i]!.map((run) => run[place]!) }))),
      };
    }),
  };
}

function unitOf(reward: RewardSpec, currency: string): string {
  return { binary: 'conversions', revenue: currency, count: 'times', composite: 'points' }[reward.kind];
}

/** The report as text. */
export function formatReport(report: WorldReport): string {
  const { runs, seed } = report;
  const seeds = runs === 1 ? `seed ${seed}` : `${runs} runs, seeds ${seed} to ${seed + runs - 1}`;
  const who = `${whole(report.customers)} customers, ${whole(report.visits)} visits a run`;
  return [
    `${paint('bold', report.name)}  ${report.days} days, ${who}, ${seeds}`,
    ...report.campaigns.flatMap((campaign) => ['', ...linesOf(campaign, runs)]),
    '',
  ].join('\n');
}

function linesOf({ campaign, unit, measure, currency, contenders }: CampaignReport, runs: number): string[] {
  const first = contenders[0]!;
  const digitsOf = (mean: number) => (mean < 100 ? 1 : 0);
  const sells = measure === 'revenue' || contenders.some(({ revenue }) => revenue.mean > 0);
  const rows = contenders.map(({ name, shown, conversions, revenue, reward, rate, regret, lift }) => [
    name,
    whole(shown.mean),
    withError(conversions, digitsOf(first.conversions.mean)),
    ...(sells ? [withError(revenue, digitsOf(first.revenue.mean))] : []),
    ...(hasOwnColumn(measure) ? [withError(reward, digitsOf(first.reward.mean))] : []),
    measure === 'binary' ? `${(rate.mean * 100).toFixed(2)} %` : rate.mean.toFixed(2),
    withError(regret, digitsOf(first.reward.mean)),
    ...(contenders.length === 1
      ? []
      : [lift ? `${percent(lift.estimate)}  (${percent(lift.low)} to ${percent(lift.high)})` : '-']),
  ]);
  const head = [
    '',
    'shown',
    'conversions',
    ...(sells ? [currency] : []),
    ...(hasOwnColumn(measure) ? [unit] : []),
    measure === 'binary' ? 'rate' : `${unit} each`,
    measure === 'binary' ? 'lost' : `${unit} lost`,
    ...(contenders.length === 1 ? [] : [`${measure === 'binary' ? '' : `${unit} `}against ${first.name}, 95 %`]),
  ];
  const columns = columnsOf(contenders);
  const arms = contenders.map(({ name, arms: shares }) => [
    name,
    ...columns.map((i) => `${(shares[i]!.share * 100).toFixed(0)} %`),
  ]);
  const left = first.arms.length - columns.length;
  return [
    `${paint('bold', campaign)}  measured in ${unit}${runs > 1 ? ', mean of a run ± standard error' : ''}`,
    table([head, ...rows]),
    '',
    table([['share of exposures', ...columns.map((i) => first.arms[i]!.arm)], ...arms]),
    ...(left > 0 ? [`  and ${left} more arms`] : []),
  ];
}

/** Conversions and revenue are there anyway. */
function hasOwnColumn(measure: RewardSpec['kind']): boolean {
  return measure === 'count' || measure === 'composite';
}

/** Every arm, in order; of very many those that some contender showed most. */
function columnsOf(contenders: readonly ContenderSummary[]): readonly number[] {
  const places = contenders[0]!.arms.map((_, i) => i);
  if (places.length <= MAX_ARM_COLUMNS) return places;
  const most = (i: number) => Math.max(...contenders.map(({ arms }) => arms[i]!.share));
  return places.toSorted((one, other) => most(other) - most(one)).slice(0, MOST_SHOWN);
}

/** Long names of arms made of parameters still fit side by side. */
const MOST_SHOWN = 4;
/** Columns that fit a screen. */
const MAX_ARM_COLUMNS = 8;

function withError({ mean, standardError }: Mean, digits: number): string {
  const text = mean.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return standardError > 0 ? `${text} ± ${standardError.toFixed(1)}` : text;
}

function whole(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 0 });
}

function percent(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value * 100).toFixed(1)} %`;
}
