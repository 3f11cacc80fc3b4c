/** The panel: who the page decides for, what was decided, what happened. */
import type { Core } from '../../lib/core.ts';
import type { Decision } from '../../lib/wire.ts';
import type { Line, Log } from './log.ts';
import { make } from './make.ts';

const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;

/** Facts of one decision, in the order in which they are asked for. */
const factsOf = (decision: Decision, isSeen: boolean, isKnown: boolean): string[] => {
  const { propensity, sticky, token, preview, claimExpiresAt } = decision;
  const facts: string[] = [];
  if (isSeen) facts.push('seen');
  else if (token) facts.push(...(isKnown ? ['not seen yet'] : []));
  else facts.push(preview ? 'preview, counts nowhere' : 'not counted');
  if (propensity) facts.push(`P ${percent(propensity.campaign)} × ${percent(propensity.arm)}`);
  if (sticky) facts.push('kept from before');
  if (claimExpiresAt && isKnown && !isSeen) {
    const seconds = Math.round((Date.parse(claimExpiresAt) - Date.now()) / 1_000);
    facts.push(seconds > 0 ? `claim for ${seconds} s` : 'claim lapsed');
  }
  return facts;
};

const whyOf = ({ why }: Decision): HTMLElement[] =>
  (why ?? []).map(({ campaign, reason, detail }) =>
    make(
      'li',
      {},
      make('b', { textContent: campaign }),
      ` ${reason ? `${reason}: ${detail ?? ''}` : 'would be chosen'}`,
    ),
  );

const decisionRow = (decision: Decision, log: Log): HTMLElement => {
  const { placement, outcome, campaign, arm, token } = decision;
  const isSeen = !!token && log.seen.has(token);
  const head = campaign ? `${campaign} / ${arm ?? 'held out'}` : 'the page’s own content';
  const why = whyOf(decision);
  return make(
    'li',
    { className: outcome },
    make('i', { textContent: placement }),
    make('b', { textContent: outcome === 'holdout' ? `held out of ${campaign}` : head }),
    make('span', { textContent: factsOf(decision, isSeen, !!token && log.known.has(token)).join(' · ') }),
    ...(why.length > 0 ? [make('ul', { className: 'why' }, ...why)] : []),
  );
};

const logRow = ({ at, what, detail, state }: Line): HTMLElement =>
  make(
    'li',
    {},
    make('time', { textContent: at.toLocaleTimeString('en-GB') }),
    make('b', { textContent: what }),
    make('span', { textContent: detail }),
    make('em', { textContent: state ?? '' }),
  );

/** Who decides, and for whom: consent, id, preview. */
const visitorLine = ({ $settings: settings, $customer: customer }: Core): string => {
  const who = customer() as { id?: string; anonymousId?: string } | undefined;
  const name = who?.id ? 'a known customer' : who?.anonymousId ? 'an anonymous visitor' : 'nobody that is remembered';
  return `${settings.preview ? 'Preview. ' : ''}Consent ${settings.consent}, ${name}.`;
};

/** A folding panel at the corner of the page; `show` brings it up to date. */
export const panel = (core: Core, log: Log): { element: HTMLElement; show: () => void } => {
  const visitor = make('p', { className: 'visitor' });
  const decisions = make('ul', { className: 'decisions' });
  const lines = make('ol', { className: 'log' });
  const count = make('small');
  const element = make(
    'details',
    { className: 'panel' },
    make('summary', {}, make('b', { textContent: 'Hyperedge' }), count),
    make('div', { className: 'body' }, visitor, decisions, make('h2', { textContent: 'What happened' }), lines),
  );
  if (innerWidth >= 600) element.setAttribute('open', ''); // on a phone it would cover the page
  // Wherever the focus is, and whatever the page does with the key: it lies over the page.
  addEventListener('keydown', ({ key }) => key === 'Escape' && element.removeAttribute('open'), true);
  const show = (): void => {
    const all = [...core.$decided().entries()].flatMap(([name, decision]) =>
      typeof name === 'string' && decision ? [decision] : [],
    );
    visitor.textContent = visitorLine(core);
    count.textContent = ` ${all.length} decided, ${all.filter(({ token }) => token && log.seen.has(token)).length} seen`;
    decisions.replaceChildren(...all.map((decision) => decisionRow(decision, log)));
    lines.replaceChildren(...log.lines.map(logRow));
  };
  return { element, show };
};
