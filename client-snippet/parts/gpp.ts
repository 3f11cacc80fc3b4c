/**
 * `hyperedge('gpp', { refuse, map, elsewhere })`: purposes from the page's consent banner, by the IAB Global Privacy Platform 1.1 (`__gpp`,
 * https://github.com/InteractiveAdvertisingBureau/Global-Privacy-Platform): the sections of the United States, and `tcfeuv2`.
 */
import type { Core } from '../lib/core.ts';
import { byTcf, TCF_MAP, type TcfMap } from './purposes/by-tcf.ts';
import { speak, whenThere } from './purposes/speak.ts';
import { all, type Purpose, type Purposes, together } from './purposes/words.ts';

export interface GppOptions {
  /** Ours that an opt-out refuses: ads unless told. */
  refuse?: Purpose[];
  /** Of `tcfeuv2`. */
  map?: TcfMap;
  /** Where no section applies: `granted` unless told. */
  elsewhere?: 'granted' | 'pending';
}

/** Fields of the sections that are read, under the names of their specifications. */
interface Section {
  SaleOptOut?: number;
  SharingOptOut?: number;
  TargetedAdvertisingOptOut?: number;
  Gpc?: boolean;
  PurposeConsent?: (boolean | number)[];
  PurposeConsents?: (boolean | number)[];
}
type Parsed = Section | Section[] | null | undefined;
interface PingData {
  signalStatus?: string;
  applicableSections?: number[];
  parsedSections?: Record<string, Parsed>;
}
type GppApi = (command: string, callback: (data: unknown, success?: boolean) => void, parameter?: string) => void;

const TCF_EU = 2;
const OPTED_OUT = 1;
/** Section ids of the United States begin here, in the order in which they were registered. */
const FIRST_US = 7;
const US = 'nat ca va co ut ct fl mt or tx de ia ne nh nj tn'.split(' ');

/** A section is a list of its sub-sections; some banners hand over one object. */
const joined = (parsed: Parsed): Section | undefined =>
  parsed ? Object.assign({}, ...(Array.isArray(parsed) ? parsed.flat() : [parsed])) : undefined;

const isGiven = (section: Section, id: number): boolean => {
  const given = section.PurposeConsent ?? section.PurposeConsents ?? [];
  // One bit for each purpose, or the ids of those that are given.
  return typeof given[0] === 'boolean' ? given[id - 1] === true : given.includes(id);
};

const fromSection = (id: number, section: Section, { map, refuse = ['ads'] }: GppOptions): Purposes => {
  if (id === TCF_EU) return byTcf({ ...TCF_MAP, ...map }, (purpose) => isGiven(section, purpose));
  const optOuts = [section.SaleOptOut, section.SharingOptOut, section.TargetedAdvertisingOptOut];
  const isOut = optOuts.includes(OPTED_OUT) || section.Gpc === true;
  return { ...all(true), ...(isOut && Object.fromEntries(refuse.map((purpose) => [purpose, false]))) };
};

const prefixOf = (id: number): string | undefined =>
  id === TCF_EU ? 'tcfeuv2' : US[id - FIRST_US] && `us${US[id - FIRST_US]}`;

/** The section that is in force; undefined where the banner does not tell it. */
const sectionOf = (api: GppApi, prefix: string, { parsedSections }: PingData): Section | undefined => {
  let parsed = parsedSections?.[prefix];
  if (!parsed)
    api(
      'getSection',
      (data) => {
        parsed = data as Parsed;
      },
      prefix,
    );
  return joined(parsed);
};

const hear = (core: Core, api: GppApi, options: GppOptions, ping: PingData | undefined): void => {
  // A banner that is being answered is not ready, and what was said before goes on.
  if (ping?.signalStatus !== 'ready') return;
  const ids = ping.applicableSections ?? [];
  // An empty list says that nothing is known yet, and that is no yes.
  if (ids.length > 0 && ids.every((id) => id === -1)) {
    if (options.elsewhere !== 'pending') speak(core, 'gpp', all(true));
    return;
  }
  const words: Purposes[] = [];
  for (const id of ids) {
    const prefix = prefixOf(id);
    const section = prefix && sectionOf(api, prefix, ping);
    if (section) words.push(fromSection(id, section, options));
  }
  // What is in force and cannot be read is no yes.
  if (words.length) speak(core, 'gpp', together(words));
};

let isListening = false;

/** Listens; called again it changes nothing. */
export const start = (core: Core, options: GppOptions = {}): void => {
  if (isListening) return;
  isListening = true;
  whenThere(
    () => (window as { __gpp?: GppApi }).__gpp,
    (api) =>
      api('addEventListener', (event, success) => {
        if (success !== false) hear(core, api, options, (event as { pingData?: PingData } | null)?.pingData);
      }),
  );
};
