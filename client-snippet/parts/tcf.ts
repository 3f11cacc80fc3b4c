/**
 * `hyperedge('tcf', { vendorId, publisher, map, elsewhere })`: purposes from the page's consent banner, by the IAB Transparency and Consent Framework 2.2
 * (`__tcfapi`, https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework).
 */
import type { Core } from '../lib/core.ts';
import { byTcf, TCF_MAP, type TcfMap } from './purposes/by-tcf.ts';
import { speak, whenThere } from './purposes/speak.ts';
import { all } from './purposes/words.ts';

export interface TcfOptions {
  /** Id of the Global Vendor List whose consent is needed besides. */
  vendorId?: number;
  /** Whether the publisher's own consents count in place of those for vendors. */
  publisher?: boolean;
  map?: TcfMap;
  /** Where the GDPR does not apply: `granted` unless told. */
  elsewhere?: 'granted' | 'pending';
}

type ById = Record<number, boolean | undefined>;

/** Of `TCData`, as far as it is read. */
interface TcData {
  gdprApplies?: boolean;
  eventStatus?: string;
  purpose?: { consents?: ById };
  vendor?: { consents?: ById };
  publisher?: { consents?: ById };
}
type TcfApi = (command: string, version: 2, callback: (data?: TcData, success?: boolean) => void) => void;

let isListening = false;

const hear = (core: Core, options: TcfOptions, data: TcData): void => {
  if (data.gdprApplies === false) {
    if (options.elsewhere !== 'pending') speak(core, 'tcf', all(true));
    return;
  }
  // While the banner is shown there is no answer, whatever an earlier visit left.
  if (!/^(tcloaded|useractioncomplete)$/.test(data.eventStatus ?? '')) return;
  const consents = (options.publisher ? data.publisher : data.purpose)?.consents;
  const byVendor = options.vendorId === undefined || data.vendor?.consents?.[options.vendorId] === true;
  const said = byTcf({ ...TCF_MAP, ...options.map }, (id) => byVendor && consents?.[id] === true);
  speak(core, 'tcf', said);
};

/** Listens; called again it changes nothing. */
export const start = (core: Core, options: TcfOptions = {}): void => {
  if (isListening) return;
  isListening = true;
  whenThere(
    () => (window as { __tcfapi?: TcfApi }).__tcfapi,
    (api) => api('addEventListener', 2, (data, success) => success && data && hear(core, options, data)),
  );
};
