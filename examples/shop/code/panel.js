/** The panel at the page's lower edge: what was decided, and what came of it. */
import { make, one } from './dom.js';

const MAX_LOG_LINES = 3; // the panel stays low enough to leave the page above it its words

const decisions = new Map();
const seen = new Set();

export function log(text) {
  const list = one('[data-log]');
  // Not by locale: the first such time of a page takes ten milliseconds.
  const time = make('time', { text: new Date().toTimeString().slice(0, 8) });
  const line = make('span', { text });
  list.prepend(make('li', { children: [time, line] }));
  while (list.children.length > MAX_LOG_LINES) list.lastElementChild.remove();
  return line;
}

const percent = (share) => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;

const WHY_DEFAULT = { recommendation: 'for returning visitors, at most six times a day' };

/** What was decided in a headline, and why or how likely below it. */
function words({ outcome, campaign, arm, propensity, sticky, placement }) {
  if (outcome === 'default')
    return ['The page’s own content', WHY_DEFAULT[placement] ?? 'no campaign wanted this place'];
  if (outcome === 'holdout')
    return [`Held out${campaign ? ` of ${campaign}` : ''}`, 'keeps the page’s own content, to measure the lift'];
  const odds = propensity && `propensity ${percent(propensity.campaign)}\u202f×\u202f${percent(propensity.arm)}`;
  return [`${campaign} · ${arm}`, [odds, sticky && 'kept from before'].filter(Boolean).join(', ')];
}

function stateOf({ token, placement }) {
  if (seen.has(placement)) return make('span', { text: 'seen', className: 'seen' });
  return make('span', { text: token ? 'not seen yet' : 'not counted' });
}

function showDecisions() {
  const rows = [...decisions.values()].map((decision) => {
    const [headline, detail] = words(decision);
    const explained = decision.propensity ? { title: 'P(campaign) × P(arm given campaign)' } : {};
    return make('li', {
      children: [
        make('span', { text: decision.placement }),
        stateOf(decision),
        make('strong', { text: headline }),
        make('span', { text: detail, ...explained }),
      ],
    });
  });
  one('[data-decisions]').replaceChildren(...rows);
  one('[data-status]').textContent = `${decisions.size} made · ${seen.size} seen`;
}

/** Placements whose content consent changed, and the line that tells it. */
let changed = [];
let changedLine;

/** Another choice: what changes from here on is told in a line of its own. */
export const forgetChanges = () => {
  changed = [];
};

/** Nothing is stored before consent: neither the draw nor whose it was. So the first one with consent may differ. */
function tellChange(placement) {
  changed.push(placement);
  if (changed.length === 1) changedLine = log('');
  changedLine.textContent = `New draw for ${changed.join(', ')}: without consent it was nobody’s`;
}

function takeDecision(decision) {
  const { placement, arm, campaign } = decision;
  if (!one(`[data-hyperedge="${placement}"]`)) return; // the guard asked for it, on a page that was left
  const before = decisions.get(placement);
  if (before?.arm && `${campaign}/${arm}` !== `${before.campaign}/${before.arm}`) tellChange(placement);
  decisions.set(placement, decision);
  seen.delete(placement);
  showDecisions();
}

function takeExposure({ placement }) {
  seen.add(placement);
  showDecisions();
}

/** Another page is in place: what was decided for the one before is no longer shown. */
export function clearPanel() {
  decisions.clear();
  seen.clear();
  showDecisions();
}

/** Listens to what the page script tells. */
export function startPanel() {
  addEventListener('hyperedge:decision', (event) => takeDecision(event.detail));
  addEventListener('hyperedge:exposure', (event) => takeExposure(event.detail));
}
