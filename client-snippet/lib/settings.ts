/** What the site told the script: by data attributes of the script tag, by `hyperedge('init', …)`, by the address of the page. */
import type { Consent } from './wire.ts';

/** `data-key`, `data-api`, `data-consent`, `data-timeout-ms`; `init` takes the same names and `attributes`. */
export interface Settings {
  /** Publishable. Without one nothing is asked or sent. */
  key?: string;
  /** Origin of the API, without a slash at the end; where the script came from unless the site says otherwise. */
  api: string;
  consent: Consent;
  /** Longest wait for a decision: beyond it the visitor already reads the page's own content. */
  timeoutMs: number;
  /** Declared attributes of this page, for `context.attributes`. */
  attributes?: Record<string, unknown>;
  /** A signed preview link: forces its arm and must count nowhere, so nothing is stored or sent while it is set. */
  preview?: string | undefined;
}

const tag = document.currentScript as HTMLScriptElement | null;

/** Mutable, one per page. */
export const settings: Settings = {
  api: new URL(tag?.src || location.href).origin,
  consent: 'pending',
  timeoutMs: 300,
  ...(tag?.dataset as Partial<Settings> | undefined),
  preview: /[?&]hyperedge_preview=([^&]+)/.exec(location.search)?.[1],
};

/** Whether the visitor may be recognised, and what happens on the page reported. */
export const mayStore = (): unknown => settings.key && settings.consent === 'granted' && !settings.preview;
