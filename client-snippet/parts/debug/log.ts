/** What happened on the page: decisions, what was seen and clicked, and every request with what became of it. */
import type { Core } from '../../lib/core.ts';
import type { Decision } from '../../lib/wire.ts';

/** One line. `detail` is what it was about, `state` what became of it. */
export interface Line {
  readonly at: Date;
  readonly what: string;
  readonly detail: string;
  state?: string;
}

export interface Log {
  readonly lines: readonly Line[];
  /** Tokens of decisions that were made since it listens: of others nobody knows whether they were seen. */
  readonly known: ReadonlySet<string>;
  /** Tokens of decisions that were seen. */
  readonly seen: ReadonlySet<string>;
  onChange(changed: () => void): void;
}

/** Older lines go: a page that stays open all day must not fill the memory of its visitor. */
const MAX_LINES = 60;

interface Sent {
  placements?: unknown[];
  events?: { kind?: string; goal?: string; name?: string }[];
}

/** What a request was about, in a few words. */
const aboutRequest = (body: unknown): string => {
  try {
    const { placements, events } = JSON.parse(String(body)) as Sent;
    if (placements) return placements.join(', ');
    return (events ?? []).map(({ kind, goal, name }) => goal ?? name ?? kind).join(', ');
  } catch {
    return '';
  }
};

/** Listens to the page script and looks at its requests as they go out. */
export const startLog = ({ $settings: settings }: Core): Log => {
  const lines: Line[] = [];
  const known = new Set<string>();
  const seen = new Set<string>();
  const listeners: (() => void)[] = [];
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const add = (what: string, detail: string, state?: string): Line => {
    const line: Line = { at: new Date(), what, detail, ...(state !== undefined && { state }) };
    lines.unshift(line);
    lines.splice(MAX_LINES);
    changed();
    return line;
  };
  for (const what of ['decision', 'exposure', 'click'])
    addEventListener(`hyperedge:${what}`, (event) => {
      const decision = (event as CustomEvent<Decision>).detail;
      const list = { decision: known, exposure: seen }[what];
      if (decision.token) list?.add(decision.token);
      add(what, decision.placement, decision.campaign ? `${decision.campaign} / ${decision.arm}` : decision.outcome);
    });
  const send = settings.fetch ?? fetch;
  settings.fetch = async (...call) => {
    const name = String(call[0]).split('/').pop() ?? '';
    const line = add(name, aboutRequest(call[1]?.body), '…');
    const begun = performance.now();
    try {
      const answer = await send(...call);
      line.state = `${answer.status} in ${Math.round(performance.now() - begun)} ms`;
      return answer;
    } catch (error) {
      line.state = 'failed';
      throw error;
    } finally {
      changed();
    }
  };
  return { lines, known, seen, onChange: (listener) => void listeners.push(listener) };
};
