/** A rehearsal as a marketer reads it. */
import type { RefusalReason } from '../../decisioning/reasons.ts';
import { histogramQuantile } from '../../simulations/worlds/draws.ts';
import type { AttributeSpec, VisitorsSpec, WorldSpec } from '../../simulations/worlds/spec.ts';
import { paint, table } from '../terminal.ts';
import type { Rehearsal, RehearsedCampaign, RehearsedLedger } from './rehearse.ts';

/** Reasons in plain words; one that is not here is shown as it is. */
const WORDS: Readonly<Partial<Record<string, string>>> = {
  kill_switch: 'everything is switched off',
  paused: 'paused',
  not_scheduled: 'outside its schedule',
  quiet_hours: 'quiet hours',
  already_chosen: 'chosen for an earlier placement',
  excluded: 'excluded by a campaign chosen before it',
  no_consent: 'no consent for the channel',
  not_in_audience: 'not in its audience',
  not_yet: 'waits for another campaign or goal',
  too_soon_after: 'too soon after another campaign',
  capped_campaign: 'its own cap was reached',
  capped_channel: "the channel's cap was reached",
  capped_global: 'the cap over all channels was reached',
  no_budget: 'no budget left',
  paced: 'held back by pacing',
  fatigued: 'the customer was too tired',
  outranked: 'another campaign was worth more',
  not_admitted: 'not yet admitted in this phase',
  no_arm_available: 'none of its arms fits the place and hour',
};

/** What to look at when a campaign is never chosen. */
const ADVICE: Readonly<Partial<Record<string, string>>> = {
  not_in_audience: 'Does anybody match? Check its audience, or rehearse with customers of your own (--world).',
  not_scheduled: 'Its dates lie elsewhere: rehearse with --start on a day when it runs.',
  no_consent: 'Its channel asks for consent, and nobody invented gave it.',
  outranked: 'Others on its placements always win: raise its priority or weight, or settings.arbitration.exploration.',
  already_chosen: 'It wins an earlier placement of every request; give it fewer placements or ask in another order.',
  excluded: 'A campaign of its exclusion groups is always chosen first.',
  not_yet: 'What it waits for never happens here. Is the campaign it names ever seen?',
};

/** Reasons of a campaign that are named; more would hide the main one. */
const MAX_REASONS = 3;
/** Below this share of asks a reason is noise. */
const LEAST_SHARE = 0.005;
/** Arms that are named; more do not fit a line. */
const MAX_ARMS_SHOWN = 5;

/** The report as text: what is chosen and shown, why not, when it will have learned, and what deserves a look. */
export function formatRehearsal(
  rehearsal: Rehearsal,
  { visitors, truth }: Pick<WorldSpec, 'visitors' | 'truth'>,
  seed: number,
): string {
  const { campaigns, days, customers, visits, asked, unanswered, trialsWanted } = rehearsal;
  const shown = [
    ['campaign', 'placements', 'chosen', 'of asks', 'customers', 'held out'],
    ...campaigns.map((each) => [
      each.campaign,
      each.placements.join(', '),
      whole(each.chosen),
      share(each.chosen, each.asked),
      whole(each.reach),
      each.heldOut === 0 ? '-' : whole(each.heldOut),
    ]),
  ];
  const time = [
    ['how soon', 'trials a day', `${whole(trialsWanted)} trials in`, `each arm in`],
    ...campaigns.map(({ campaign, trials, hoursToTrials, hoursToTrialsPerArm }) => [
      campaign,
      whole(trials / days),
      duration(hoursToTrials),
      // An arm that was never shown while others were: a longer rehearsal would tell.
      trials > 0 && hoursToTrialsPerArm === null ? 'too rare to tell' : duration(hoursToTrialsPerArm),
    ]),
  ];
  // Without a truth nothing ever comes of an arm, and nothing is known of any.
  const learned = Object.keys(truth).length > 0;
  const warnings = campaigns.filter(({ chosen }) => chosen === 0).flatMap((each) => neverChosen(each, visits));
  return [
    `${paint('bold', 'Rehearsal')}  ${days} day${days === 1 ? '' : 's'}, ${whole(customers)} invented customers, ${whole(visits)} visits, seed ${seed}`,
    `  ${describeVisitors(visitors)}`,
    '',
    table(shown),
    '',
    `  ${whole(unanswered)} of ${whole(asked)} asks (${share(unanswered, asked)}) got default content.`,
    '',
    paint('bold', learned ? 'Arms, over all these days' : 'Arms, before any outcome is known'),
    ...campaigns.filter((each) => each.shown > 0).map((each) => `  ${each.campaign}: ${armsOf(each)}`),
    '',
    ...phasesOf(campaigns, learned),
    paint('bold', 'Why campaigns stood by'),
    ...campaigns.map((each) => `  ${each.campaign}: ${reasonsOf(each)}`),
    '',
    table(time),
    ...ledgersOf(rehearsal.ledgers, days),
    ...(warnings.length > 0 ? ['', ...warnings] : []),
    '',
  ].join('\n');
}

/** What pools, stocks and capacities would have had to give: a rehearsal goes on where they end. */
function ledgersOf(ledgers: readonly RehearsedLedger[], days: number): string[] {
  if (ledgers.length === 0) return [];
  const lines = ledgers.map(({ ledger, total, period, claimed }) => {
    const [wanted, each] = period === 'day' ? [claimed / days, ' a day'] : [claimed, ''];
    const unit = ledger.startsWith('pool:') ? ' minor units' : '';
    const line = `${ledger}: ${whole(wanted)} of ${whole(total)}${unit}${each} claimed`;
    return wanted > total ? paint('yellow', `! ${line}: it would run out`) : `  ${line}`;
  });
  return ['', paint('bold', 'Money, stocks and capacities never run out in a rehearsal'), ...lines];
}

/** Which phases the rehearsal went through: shares of customers above are a mean over them. */
function phasesOf(campaigns: readonly RehearsedCampaign[], learned: boolean): string[] {
  const lines = campaigns.flatMap(({ campaign, phases }) => {
    if (!phases) return [];
    const [first, last] = phases.map(({ phase, admitted }) => `${phase} (${percent(admitted)} of customers)`);
    return [`  ${campaign}: ${first === last ? `stayed in ${first}` : `from ${first} to ${last}`}`];
  });
  if (lines.length === 0) return [];
  const note = learned ? [] : ['  Trials count here as they would; outcomes, which later phases need, are not known.'];
  return [paint('bold', 'Phases, over these days'), ...lines, ...note, ''];
}

function neverChosen({ campaign, refusals }: RehearsedCampaign, visits: number): string[] {
  const main = refusals.toSorted((one, other) => other.count - one.count)[0];
  const why = main ? wordsOf(main.reason) : visits > 0 ? 'none of its placements was asked for' : 'nobody came';
  const advice = main && ADVICE[main.reason];
  return [paint('yellow', `! ${campaign} is never chosen: ${why}.`), ...(advice ? [`  ${advice}`] : [])];
}

function reasonsOf({ asked, chosen, refusals }: RehearsedCampaign): string {
  if (asked === 0) return 'never asked';
  const named = refusals
    .filter(({ count }) => count / asked >= LEAST_SHARE)
    .toSorted((one, other) => other.count - one.count)
    .slice(0, MAX_REASONS)
    .map(({ reason, count }) => `${wordsOf(reason)} ${share(count, asked)}`);
  return named.length > 0 ? named.join(', ') : chosen === asked ? 'always chosen' : 'hardly ever';
}

function armsOf({ arms }: RehearsedCampaign): string {
  const sorted = arms.toSorted((one, other) => other.share - one.share);
  const named = sorted.slice(0, MAX_ARMS_SHOWN).map(({ arm, share: part }) => `${arm} ${percent(part)}`);
  return arms.length > MAX_ARMS_SHOWN
    ? `${named.join(', ')} and ${arms.length - MAX_ARMS_SHOWN} more`
    : named.join(', ');
}

function describeVisitors({ attributes, timeZone, consents }: VisitorsSpec): string {
  // Arms that a model scores have the same spread, each once.
  const each = new Map(Object.entries(attributes).map(([name, spec]) => [name.split('#')[0]!, spec]));
  const named = [...each].map(([name, spec]) => `${name} (${describe(spec)})`);
  const said = Object.entries(consents).map(([channel, part]) => `${percent(part)} consent to ${channel}`);
  return [`their clock ${timeZone}`, ...named, ...said].join('; ');
}

function describe(spec: AttributeSpec): string {
  switch (spec.kind) {
    case 'choices': {
      const total = spec.values.reduce((sum, [, weight]) => sum + weight, 0);
      return spec.values.map(([value, weight]) => `${value} ${percent(weight / total)}`).join(', ');
    }
    case 'normal':
      return `about ${spec.mean} ± ${spec.sd}`;
    case 'uniform':
      return `${spec.min} to ${spec.max}`;
    case 'histogram':
      return spec.edges.length === 0
        ? `${spec.min} to ${spec.max}`
        : `as in its training: half of all below ${Number(histogramQuantile(spec, 0.5).toPrecision(2))}`;
    case 'chance':
      return `${percent(spec.share)} true`;
    case 'list':
      return spec.values.map(([value, part]) => `${percent(part)} have ${value}`).join(', ') || 'empty';
  }
}

function wordsOf(reason: RefusalReason): string {
  return WORDS[reason] ?? reason;
}

function share(count: number, of: number): string {
  return of === 0 ? '-' : percent(count / of);
}

function percent(value: number): string {
  return value > 0 && value < 0.01 ? '< 1 %' : `${(value * 100).toFixed(0)} %`;
}

/** Hours as a marketer says them. */
function duration(hours: number | null): string {
  if (hours === null) return 'never';
  if (hours < 1) return 'under an hour';
  if (hours < 48) return `${hours.toFixed(0)} h`;
  return hours < 24 * 365 ? `${(hours / 24).toFixed(0)} days` : 'over a year';
}

function whole(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 0 });
}
