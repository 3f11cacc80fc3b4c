/**
 * A site whose pages walk about by themselves: on, back, forward, again, into other views of the same document, and away. Pages tell what
 * they saw by synchronous requests, so that whatever the browser told the page is written down before anything else happens.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Random, seededRandom } from '../../../decisioning/random.ts';

/**
 * What a page does next. `close`: somebody closes its tab. `away`: it is left and comes back as it was, by the events that say so, since
 * the packaged browser has no back-forward cache; in one that has, `back` brings pages back as they were, too (`restored`).
 */
export const ACTS = ['next', 'next', 'back', 'reload', 'route', 'away', 'close'] as const;
export type Act = (typeof ACTS)[number] | 'rest';

/** What one run saw. */
export interface Record {
  views: number;
  readonly acts: { [act in Act | 'restored']?: number };
  /** Decisions that pages were given, and those that they told to be seen, each time. */
  readonly decided: Set<string>;
  readonly exposed: string[];
}

export interface Site {
  readonly origin: string;
  readonly record: Record;
  /** Called when a page is to be closed, with the number of its tab. */
  onClose: (tab: number) => void;
  close(): Promise<void>;
}

/** The page's own script: its turns come from the site, which draws them. */
const WALK = `
  const tell = (kind, id) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/tell?tab=' + new URL(location.href).searchParams.get('tab'), false);
    request.send(JSON.stringify({ kind, id }));
    return JSON.parse(request.responseText || '{}');
  };
  for (const kind of ['decision', 'exposure']) addEventListener('hyperedge:' + kind, ({ detail }) => detail.decisionId && tell(kind, detail.decisionId));
  const address = () => '/page?tab=' + new URL(location.href).searchParams.get('tab') + '&at=' + Math.random();
  let timer;
  const away = () => {
    const turnTo = (state) => {
      for (const [name, value] of [['visibilityState', state], ['hidden', state === 'hidden']]) Object.defineProperty(document, name, { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    };
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    turnTo('hidden');
    setTimeout(() => {
      turnTo('visible');
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    }, 200);
  };
  const turn = (kind) => {
    const { act, afterMs } = tell(kind);
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (act === 'next' || (act === 'back' && history.length < 3)) location.href = address();
      else if (act === 'back') history.go(Math.random() < 0.3 ? 1 : -1);
      else if (act === 'reload') location.reload();
      else if (act === 'route') { history.pushState(null, '', address()); turn('view'); }
      else if (act === 'away') away();
      else if (act === 'close') tell('close');
      if (act === 'back') timer = setTimeout(() => { location.href = address(); }, 400); // nothing lies ahead
    }, afterMs);
  };
  addEventListener('pageshow', ({ persisted }) => turn(persisted ? 'restored' : 'view'));
`;

const html = (
  api: string,
  key: string,
): string => `<!doctype html><title>Views</title><style>body{margin:0}div{height:120px}</style>
<script>window.hyperedge ||= (...call) => { (hyperedge.q ||= []).push(call) };
hyperedge('events', { scroll: true }); hyperedge('offline'); hyperedge('placements', []); hyperedge('init', { timeoutMs: 5000 });${WALK}</script>
<script async src="${api}/hyperedge.js" data-key="${key}" data-consent="granted"></script>
<div data-hyperedge="view-top">own</div><div data-hyperedge="view-side">own</div><div style="height:3000px"></div><div data-hyperedge="view-low">own</div>`;

/** Closes and openings are slow: fewer of them than of the others. Times lie around the second that counts and the half that follows. */
function turnOf(random: Random): { act: Act; afterMs: number } {
  const act = ACTS[Math.floor(random.next() * ACTS.length)] as Act;
  return { act, afterMs: Math.round(100 + random.next() * 1_900) };
}

/** Starts the site. After `views` page views its pages rest. */
export async function startSite(options: { views: number; seed: string; api: string; key: string }): Promise<Site> {
  const random = seededRandom(options.seed);
  const record: Record = { views: 0, acts: {}, decided: new Set(), exposed: [] };
  const page = html(options.api, options.key);
  const count = (act: Act | 'restored'): void => {
    record.acts[act] = (record.acts[act] ?? 0) + 1;
  };
  const told = (kind: string, id: string, tab: number): object => {
    if (kind === 'decision') record.decided.add(id);
    else if (kind === 'exposure') record.exposed.push(id);
    else if (kind === 'close') site.onClose(tab);
    else {
      if (kind === 'restored') count('restored');
      record.views += 1;
      const turn = record.views > options.views ? { act: 'rest' as const, afterMs: 0 } : turnOf(random);
      count(turn.act);
      return turn;
    }
    return {};
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site');
    if (pathname !== '/tell') return void response.writeHead(200, { 'content-type': 'text/html' }).end(page);
    let text = '';
    for await (const chunk of request) text += chunk;
    const { kind, id } = JSON.parse(text) as { kind: string; id: string };
    response.end(JSON.stringify(told(kind, id, Number(searchParams.get('tab')))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const site: Site = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    record,
    onClose: () => {},
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return site;
}
