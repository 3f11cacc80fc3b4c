/** What there is to read, in the order in which it is read: the list of pages, and what comes before and after each of them. */

/** Folders of `docs/` whose pages are shown. */
export const FOLDERS = ['guides', 'guides/policies', 'guides/page', 'guides/models', 'operating', 'reference'] as const;
export type Folder = (typeof FOLDERS)[number];

/** Folder of the decisions: pages lead to them, and a list of their own, which needs no hand. */
export const DECISIONS = 'adr';
/** A folder of `docs/` whose files have an address. */
export type Served = Folder | typeof DECISIONS;

/** The address that answers with a page itself: the one with `.html` answers with a detour (307). */
export const addressOf = (folder: string, name: string): string => `/docs/${folder}/${name === 'index' ? '' : name}`;

/** A page's place in the list. */
export interface Entry {
  readonly folder: Folder;
  /** File name without its ending. */
  readonly name: string;
  /** Short title for the list. */
  readonly title: string;
}

interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}

const group = (title: string, folder: Folder, names: Readonly<Record<string, string>>): Group => ({
  title,
  entries: Object.entries(names).map(([name, short]) => ({ folder, name, title: short })),
});

/** Every page of `docs/`, once. The policies stand as their index names them. */
export const CONTENTS: readonly Group[] = [
  group('Start', 'guides', { quickstart: 'Quick start' }),
  group('Choosing a policy', 'guides/policies', {
    index: 'Which one?',
    thompson: 'Thompson sampling',
    'linear-thompson': 'Linear Thompson',
    'linear-ucb': 'LinUCB',
    'inverse-gap': 'Inverse gap weighting',
    'epsilon-greedy': 'Epsilon-greedy',
    ucb: 'UCB',
    'fixed-split': 'Fixed split',
  }),
  group('Running a campaign', 'guides', {
    success: 'What counts as success',
    phases: 'From careful to confident',
    parameters: 'Many dials at once',
    budgets: 'Money, stocks, capacities',
    simulation: 'Rehearse and simulate',
    words: 'Words',
  }),
  group('For developers', 'guides', {
    campaigns: 'Campaign files',
    'page-script': 'Page script',
    'identity-and-keys': 'Identity and keys',
  }),
  // A page per feature of the page script, with a picture where there is something to see.
  group('On the page', 'guides/page', {
    install: 'Three ways in',
    placements: 'Placements',
    flicker: 'Flicker',
    redirects: 'Redirects',
    react: 'React and Next.js',
    edge: 'Edge rendering',
    apps: 'Apps',
    events: 'Events',
    device: 'Decisions on the device',
    score: 'Scores on the page',
    consent: 'Consent',
    forwarding: 'Forwarding',
    identity: 'Identity',
    demo: 'The demo shop',
    qa: 'Trying things out',
  }),
  group('Models', 'guides/models', {
    registry: 'Registry',
    contract: 'What a model declares',
    using: 'Using scores',
    explanations: 'Explanations',
    operating: 'Watching',
    training: 'Training',
    'lifetime-value': 'Lifetime value',
    'creative-performance': 'Creative performance',
  }),
  group('Running it', 'operating', {
    deploy: 'Deploy',
    secrets: 'Secrets',
    backup: 'Backup',
    runbook: 'Runbook',
    overload: 'Overload',
    feedback: 'Odd feedback',
    promises: 'What is promised',
    cost: 'Cost',
  }),
  group('Reference', 'reference', {
    api: 'API',
    segments: 'Segments',
    reasons: 'Reasons',
    limits: 'Limits',
    models: 'Models: operators and engines',
    'decision-log': 'Decision log',
    statistics: 'Statistics',
    policies: 'Policies, formulas',
    pacing: 'Pacing',
    faults: 'Simulated faults',
    security: 'Security',
    measurements: 'Measurements',
  }),
];

/** All pages, first to last. */
export const ENTRIES: readonly Entry[] = CONTENTS.flatMap(({ entries }) => entries);

/** The list of pages, as HTML; `current`, if it is one of them, is marked. */
export function listHtml(current?: Entry | typeof DECISIONS): string {
  const link = (address: string, title: string, isCurrent: boolean) =>
    `<li><a href="${address}"${isCurrent ? ' aria-current="page"' : ''}>${title}</a></li>`;
  const groups = CONTENTS.map(({ title, entries }) => {
    const links = entries.map((entry) => link(addressOf(entry.folder, entry.name), entry.title, entry === current));
    return `<h2>${title}</h2><ul>${links.join('')}</ul>`;
  });
  const why = link(addressOf(DECISIONS, 'index'), 'Decisions', current === DECISIONS);
  return [...groups, `<h2>Why it is so</h2><ul>${why}</ul>`].join('\n');
}

/** Links to the pages before and after, as HTML. */
export function neighboursHtml(current: Entry): string {
  const place = ENTRIES.indexOf(current);
  const link = (entry: Entry | undefined, relation: 'prev' | 'next', word: string) =>
    entry
      ? `<a rel="${relation}" href="${addressOf(entry.folder, entry.name)}"><span>${word}</span>${fullTitle(entry)}</a>`
      : '';
  const links = link(ENTRIES[place - 1], 'prev', 'Before') + link(ENTRIES[place + 1], 'next', 'Next');
  return `<nav class="turn" aria-label="Before and after">${links}</nav>`;
}

/** The index of a folder is nothing without its heading. */
function fullTitle({ folder, name, title }: Entry): string {
  return folder === 'guides/policies' && name === 'index' ? 'Choosing a policy' : title;
}
