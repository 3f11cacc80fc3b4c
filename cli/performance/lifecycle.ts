/** The phase a campaign is in, and how it came there. */
import type { LifecycleResponse } from '../../contract/lifecycle.ts';
import { paint, table } from '../terminal.ts';
import { momentText, shareText, whole } from './figures.ts';

type Transition = LifecycleResponse['transitions'][number];

/** Changes that fit a screen; all that are kept by `--json`. */
const MAX_SHOWN_TRANSITIONS = 10;

const CAUSES: Readonly<Record<Transition['cause'], string>> = {
  begun: 'the campaign began',
  enough_trials: 'every arm that was waited for has enough trials',
  clear_leader: 'one arm is clearly the best',
  small_loss: 'the leading arm is as good as the best',
  unclear_again: 'it is no longer clear which arm is the best',
  drift: 'a rate has changed',
  forced: 'somebody set it',
  let_go: 'somebody let it go',
};

/** The answer as text. */
export function formatLifecycle(answer: LifecycleResponse): string {
  const { campaign, phase, since, mode, settings, evidenceSince } = answer;
  const kept = mode === 'hold' ? ', held there' : '';
  return [
    `${paint('bold', campaign)}  ${phase} since ${momentText(since)}${kept}`,
    '',
    ...column([
      ['customers', `${shareText(settings.admitted)} of those it addresses`],
      ['exploration', `at least ${shareText(settings.floor)} of the choices`],
      ['scores', weightText(settings.modelWeight)],
      ...(evidenceSince === null ? [] : [['learns from', `trials since ${momentText(evidenceSince)}`] as const]),
    ]),
    '',
    numbersTable(answer),
    ...(mode === 'hold' ? [] : ['', `  Next: ${nextText(answer)}`]),
    ...transitionLines(answer.transitions),
    '',
  ].join('\n');
}

function column(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}

function weightText(modelWeight: number): string {
  if (modelWeight === 0) return 'do not count';
  return modelWeight === 1 ? 'count in full' : `count ${shareText(modelWeight)}`;
}

/** What phases go by, beside what they wait for. */
function numbersTable({ numbers, thresholds }: LifecycleResponse): string {
  const leading = numbers.trials > 0 ? `"${numbers.leader}", which leads,` : 'the leading arm';
  const least =
    numbers.leastArm === undefined ? 'the arm with the fewest' : `"${numbers.leastArm}", which has the fewest`;
  return table([
    ['what phases go by', 'now', 'wanted'],
    [`trials of ${least}`, whole(numbers.leastTrials), `≥ ${whole(thresholds.trialsPerArm)}`],
    [`chance that ${leading} is the best`, shareText(numbers.pBest), `≥ ${percent(thresholds.pBest)}`],
    [
      'or: loss of staying with it, of its rate',
      percent(numbers.expectedLoss),
      `≤ ${percent(thresholds.expectedLoss)}`,
    ],
    ['width of its 95 % interval, of its rate', percent(numbers.width), `≤ ${percent(thresholds.width)}`],
  ]);
}

function nextText({ phase, thresholds }: LifecycleResponse): string {
  if (phase === 'initialization')
    return `learning, once every arm that is waited for has ${whole(thresholds.trialsPerArm)} trials`;
  if (phase === 'learning')
    return 'optimization, once the leading arm is known well enough, and is clearly the best or as good as it';
  return 'learning again, should a rate change or the best arm become unclear';
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function transitionLines(transitions: readonly Transition[]): string[] {
  const shown = transitions.slice(0, MAX_SHOWN_TRANSITIONS);
  const left = transitions.length - shown.length;
  return [
    '',
    '  changes, newest first',
    ...column(
      shown.map((each) => [
        momentText(each.at),
        `${each.from === null ? '' : `${each.from} → `}${each.to}: ${CAUSES[each.cause]}${detailOf(each)}`,
      ]),
    ),
    ...(left > 0 ? [`  and ${left} more: --json has all`] : []),
  ];
}

function detailOf({ drift, by }: Transition): string {
  if (drift) return `, of "${drift.arm}" from ${percent(drift.rateBefore)} to ${percent(drift.rateAfter)}`;
  return by === undefined ? '' : ` (key ${by})`;
}
