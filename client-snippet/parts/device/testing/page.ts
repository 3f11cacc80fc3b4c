/** The part as a page has it, without a page: bundled as it is shipped, over an API that answers with one bundle. */
import { bundlePart } from '../../../bundle.ts';
import type { Decision } from '../../../lib/wire.ts';

const TEXT = await bundlePart('parts/device.ts');
/** The module's text as a function that gives `start`: each call is a page of its own. */
const load = new Function(TEXT.replace(/export\{(\w+) as start\};?$/, 'return $1')) as () => (
  core: unknown,
  options: { readonly attributes: Record<string, unknown> },
) => void;

export interface Page {
  /** Asks as the entry does. */
  readonly ask: (body: { readonly consent: string; readonly [name: string]: unknown }) => Promise<Decision[]>;
  /** Bodies of reports. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON that is handed on to the API as it is
  readonly reports: any[];
  /** The part's own `consent` and `reset`. */
  readonly commands: { [name: string]: (...values: unknown[]) => void };
}

/** A page with the part, attributes that stay on it, and an API that gives this bundle and no tokens. */
export function pageWith(answer: object, own: Record<string, unknown>): Page {
  const reports: object[] = [];
  const commands: Page['commands'] = {};
  const settings = {
    api: 'https://api.example',
    consent: '',
    fetch: async (url: URL, init: RequestInit) => {
      if (url.pathname === '/v1/device/bundle') return Response.json(answer);
      if (url.pathname === '/v1/device/decisions') reports.push(JSON.parse(init.body as string));
      return Response.json({ decisions: [] });
    },
  };
  // By the names that the bundler gives them: see SHORT_NAMES.
  load()({ S: settings, C: commands, D: () => new Map(), P: () => {}, M: () => {} }, { attributes: own });
  return {
    reports,
    commands,
    ask: async (body) => {
      settings.consent = body.consent;
      const init = { method: 'POST', body: JSON.stringify(body) };
      const answered = (await settings.fetch(new URL('https://api.example/v1/optimize'), init)) as Response;
      return ((await answered.json()) as { decisions: Decision[] }).decisions;
    },
  };
}
