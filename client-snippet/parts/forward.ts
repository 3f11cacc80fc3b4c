/**
 * `hyperedge('forward', { dataLayer, gtag, segment, posthog, ads, goals })`: what was seen goes to the site's other tools, under the names that they already
 * have reports for. Only with consent to analytics, for tools that are named in `ads` to ads as well; once for each decision.
 */
import type { Core } from '../lib/core.ts';
import type { Decision } from '../lib/wire.ts';
import { isThere, send, TOOLS, type Tool } from './forward/tools.ts';

export interface ForwardOptions {
  dataLayer?: boolean;
  gtag?: boolean;
  segment?: boolean;
  posthog?: boolean;
  /** Tools that serve advertising, and need consent to ads besides. */
  ads?: Tool[];
  /** Clicks, too. */
  clicks?: boolean;
}

interface Waiting {
  tool: Tool;
  event: 'viewed' | 'clicked';
  decision: Decision;
}

let options: ForwardOptions = {};
const done = new Set<string>();
const waiting: Waiting[] = [];
let looks = 0;

const may = ({ $settings }: Core, tool: Tool): boolean => {
  const { consent, purposes } = $settings;
  const isGiven = (name: 'analytics' | 'ads'): boolean => (purposes ? purposes[name] === true : true);
  return consent === 'granted' && isGiven('analytics') && (!options.ads?.includes(tool) || isGiven('ads'));
};

/** Sends what can be sent. A tool that comes late is waited for, for a minute; without consent nothing waits. */
const flush = (core: Core): void => {
  const everyMs = 500;
  for (const entry of waiting.splice(0)) {
    if (!may(core, entry.tool)) continue;
    if (isThere(entry.tool)) send(entry.tool, entry.event, entry.decision);
    else waiting.push(entry);
  }
  if (waiting.length && looks-- > 0) setTimeout(flush, everyMs, core);
  else waiting.length = 0;
};

const forward = (core: Core, event: Waiting['event'], decision: Decision): void => {
  const maxWaiting = 100; // more than a page shows; one that asks in a loop does not fill the memory of its visitor
  const maxLooks = 120;
  if (!decision.campaign || !decision.decisionId || decision.preview) return;
  const wasWaiting = waiting.length > 0;
  for (const tool of TOOLS) {
    const name = `${tool} ${event} ${decision.decisionId}`;
    if (!options[tool] || done.has(name) || waiting.length >= maxWaiting || !may(core, tool)) continue;
    done.add(name);
    waiting.push({ tool, event, decision });
  }
  looks = maxLooks;
  if (!wasWaiting) flush(core);
};

let isListening = false;

/** Begins to forward, or changes what goes where. */
export const start = (core: Core, wanted: ForwardOptions = {}): void => {
  options = { ...options, ...wanted };
  if (isListening) return;
  isListening = true;
  addEventListener(
    'hyperedge:exposure',
    ({ detail }: CustomEventInit<Decision>) => detail && forward(core, 'viewed', detail),
  );
  addEventListener('hyperedge:click', ({ detail }: CustomEventInit<Decision>) => {
    if (detail && options.clicks) forward(core, 'clicked', detail);
  });
};
