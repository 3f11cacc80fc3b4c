/** Consent banners and browsers, by doubles that follow the published specifications: late, missing, and of another mind later. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { until } from './browser.ts';
import { NOTHING_STORED, stored } from './page.ts';
import { usePages } from './pages.ts';

const { close, double, open } = await usePages();

/**
 * `__tcfapi` of TCF 2.2: the listener is called at once and at every change with a TCData of its own listenerId; `tell` is the banner's hand.
 */
const TCF = `
  const listeners = []; let now = { gdprApplies: true, eventStatus: 'cmpuishown', cmpStatus: 'loaded', tcString: '', purpose: { consents: {}, legitimateInterests: {} }, vendor: { consents: {}, legitimateInterests: {} }, publisher: { consents: {} } };
  window.__tcfapi = (command, version, callback, parameter) => {
    if (version !== 2) return callback(null, false);
    if (command === 'ping') return callback({ gdprApplies: now.gdprApplies, cmpLoaded: true, cmpStatus: 'loaded', apiVersion: '2.2' });
    if (command !== 'addEventListener') return callback(null, false);
    listeners.push(callback); callback({ ...now, listenerId: listeners.length }, true);
  };
  window.tell = (change) => { now = { ...now, ...change }; listeners.forEach((callback, i) => callback({ ...now, listenerId: i + 1 }, true)); };`;

/** `__gpp` 1.1: every callback gets an EventListener with pingData; sections are lists of their sub-sections. */
const GPP = `
  const listeners = []; let ping = { gppVersion: '1.1', cmpStatus: 'loaded', cmpDisplayStatus: 'hidden', signalStatus: 'not ready', supportedAPIs: ['2:tcfeuv2', '7:usnat', '8:usca'], cmpId: 31, sectionList: [], applicableSections: [], gppString: '', parsedSections: {} };
  let inSections = true;
  window.__gpp = (command, callback, parameter) => {
    if (command === 'ping') return callback(shown(), true);
    if (command === 'getSection') return callback(ping.parsedSections[parameter] ?? null, true);
    if (command !== 'addEventListener') return callback(null, false);
    listeners.push(callback); callback({ eventName: 'listenerRegistered', listenerId: listeners.length, data: true, pingData: shown() }, true);
  };
  const shown = () => { const { parsedSections, ...rest } = ping; return inSections ? ping : rest; };
  window.tell = (change, sections = true) => {
    inSections = sections;
    const fire = (eventName, data) => listeners.forEach((callback, i) => callback({ eventName, listenerId: i + 1, data, pingData: shown() }, true));
    ping = { ...ping, signalStatus: 'not ready' }; fire('signalStatus', 'not ready');
    ping = { ...ping, ...change }; Object.keys(ping.parsedSections).forEach((name) => fire('sectionChange', name));
    ping = { ...ping, signalStatus: 'ready' }; fire('signalStatus', 'ready');
  };`;

const GTAG = 'window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments) };';
const HEAR = "addEventListener('hyperedge:purposes', (e) => (window.said ??= []).push(e.detail));";

interface Scene {
  tell: (change: object, sections?: boolean) => void;
  said?: object[];
  gtag: (...values: unknown[]) => void;
}
const visit = async (before: string): Promise<Page> => {
  const { page } = await open({ body: '<div data-hyperedge="hero">own</div>', before: HEAR + before });
  await until(() => double.received.length > 0);
  return page;
};
const tell = (page: Page, change: object, sections = true) =>
  page.evaluate(([given, as]) => (window as unknown as Scene).tell(given as object, as as boolean), [
    change,
    sections,
  ] as const);
const gtag = (page: Page, action: string, given: object) =>
  page.evaluate(([what, types]) => (window as unknown as Scene).gtag('consent', what, types), [action, given] as const);
const said = (page: Page) => page.evaluate(() => (window as unknown as Scene).said?.at(-1));
/** Waits until the purposes stand so, and returns what `consent` the latest question had. */
const standing = (page: Page, wanted: object) =>
  page.waitForFunction(
    (pairs) => {
      const last = (window as unknown as Scene).said?.at(-1) as Record<string, unknown> | undefined;
      return last && pairs.every(([name, word]) => last[name as string] === word);
    },
    Object.entries(wanted),
    { timeout: 10_000 },
  );
const of = (functional: boolean, personalization: boolean, analytics: boolean, ads: boolean) => ({
  functional,
  personalization,
  analytics,
  ads,
});
const consents = () => double.received.map(({ body }) => body.consent);
const ids = (...given: number[]) => Object.fromEntries(given.map((id) => [id, true]));
const settled = (page: Page) => page.waitForTimeout(400);

describe('tcf', () => {
  test('nothing while the banner is shown; then by purposes; a change of mind in both directions', async () => {
    const page = await visit(`${TCF} hyperedge('tcf')`);
    await settled(page);
    expect(await said(page)).toBeUndefined();
    await tell(page, { eventStatus: 'useractioncomplete', purpose: { consents: ids(1, 5, 6, 8) } });
    await standing(page, of(true, true, false, false));
    await until(() => consents().includes('granted'));
    await tell(page, { eventStatus: 'cmpuishown', purpose: { consents: {} } });
    await tell(page, { eventStatus: 'useractioncomplete', purpose: { consents: ids(1, 2, 3, 4, 5, 6, 7, 8, 9) } });
    await standing(page, of(true, true, true, true));
    await tell(page, { eventStatus: 'useractioncomplete', purpose: { consents: {} } });
    await standing(page, of(false, false, false, false));
    expect(await stored(page)).toEqual(NOTHING_STORED);
  });

  test('an earlier answer counts at once; a vendor, the publisher’s own consents and another mapping are asked where told', async () => {
    const full = `tell({ eventStatus: 'tcloaded', purpose: { consents: { 1: true, 5: true, 6: true } }, publisher: { consents: { 1: true, 9: true } } });`;
    const page = await visit(`${TCF} ${full} hyperedge('tcf', { vendorId: 755 })`);
    await standing(page, of(false, false, false, false));
    await tell(page, { vendor: { consents: ids(755) } });
    await standing(page, of(true, true, false, false));
    await close();
    const other = await visit(`${TCF} ${full} hyperedge('tcf', { publisher: true, map: { analytics: [9] } })`);
    await standing(other, of(true, false, true, false));
  });

  test('where the GDPR does not apply everything is given, or nothing is said', async () => {
    const elsewhere = 'tell({ gdprApplies: false, eventStatus: undefined, purpose: undefined });';
    const page = await visit(`${TCF} ${elsewhere} hyperedge('tcf')`);
    await standing(page, of(true, true, true, true));
    await close();
    double.received.length = 0;
    const other = await visit(`${TCF} ${elsewhere} hyperedge('tcf', { elsewhere: 'pending' })`);
    await settled(other);
    expect(await said(other)).toBeUndefined();
    expect(consents()).toEqual(['pending']);
  });

  test('a banner that comes late is heard; one that never comes leaves the page pending', async () => {
    const page = await visit("hyperedge('tcf'); hyperedge('gpp')");
    await settled(page);
    expect(await said(page)).toBeUndefined();
    expect(await stored(page)).toEqual(NOTHING_STORED);
    await page.evaluate(
      `(() => { ${TCF} tell({ eventStatus: 'tcloaded', purpose: { consents: { 1: true, 5: true, 6: true } } }) })()`,
    );
    await standing(page, of(true, true, false, false));
  });
});

describe('gpp', () => {
  const core = {
    Version: 1,
    SaleOptOutNotice: 1,
    SharingOptOutNotice: 1,
    SaleOptOut: 2,
    SharingOptOut: 2,
    TargetedAdvertisingOptOut: 2,
  };

  test('not before it is ready; opting out in a section of the United States refuses ads, GPC too; opting in again gives them', async () => {
    const page = await visit(`${GPP} hyperedge('gpp')`);
    await settled(page);
    expect(await said(page)).toBeUndefined();
    // Ready, but which law is in force is not known: no yes.
    await tell(page, { applicableSections: [], parsedSections: {} });
    await settled(page);
    expect(await said(page)).toBeUndefined();
    expect(await stored(page)).toEqual(NOTHING_STORED);
    await tell(page, { applicableSections: [7], parsedSections: { usnat: [core, { GpcSegmentType: 1, Gpc: false }] } });
    await standing(page, of(true, true, true, true));
    await tell(page, { parsedSections: { usnat: [{ ...core, SharingOptOut: 1 }] } });
    await standing(page, of(true, true, true, false));
    await tell(page, { parsedSections: { usnat: [core] } });
    await standing(page, of(true, true, true, true));
    await tell(page, { parsedSections: { usnat: [core, { GpcSegmentType: 1, Gpc: true }] } });
    await standing(page, of(true, true, true, false));
  });

  test('sections that are only told when asked for, California, and more than ads refused', async () => {
    const page = await visit(`${GPP} hyperedge('gpp', { refuse: ['ads', 'analytics'] })`);
    await tell(
      page,
      { applicableSections: [8], parsedSections: { usca: [{ Version: 1, SaleOptOut: 1, SharingOptOut: 2 }] } },
      false,
    );
    await standing(page, of(true, true, false, false));
  });

  test('tcfeuv2 by its purposes, as bits or as ids; several sections together; none that applies; one that cannot be read', async () => {
    const page = await visit(`${GPP} hyperedge('gpp')`);
    const bits = Array.from({ length: 24 }, (_, i) => [1, 5, 6].includes(i + 1));
    await tell(page, { applicableSections: [2], parsedSections: { tcfeuv2: [{ Version: 2, PurposeConsents: bits }] } });
    await standing(page, of(true, true, false, false));
    await tell(page, { applicableSections: [2], parsedSections: { tcfeuv2: [{ PurposeConsent: [1, 5, 6, 8, 9] }] } });
    await standing(page, of(true, true, true, false));
    await tell(page, {
      applicableSections: [2, 7],
      parsedSections: { tcfeuv2: [{ PurposeConsent: [1] }], usnat: [core] },
    });
    await standing(page, of(true, false, false, false));
    await tell(page, { applicableSections: [-1], parsedSections: {} });
    await standing(page, of(true, true, true, true));
    await close();
    const other = await visit(`${GPP} hyperedge('gpp')`);
    await tell(other, { applicableSections: [99], parsedSections: {} });
    await settled(other);
    expect(await said(other)).toBeUndefined();
  });
});

describe('consent-mode', () => {
  const DENIED =
    "gtag('consent', 'default', { ad_storage: 'denied', ad_user_data: 'denied', ad_personalization: 'denied', analytics_storage: 'denied', functionality_storage: 'denied', personalization_storage: 'denied', wait_for_update: 500 });";

  test('a default that denies is no answer; updates are, also later ones; ads need all three of their types', async () => {
    const page = await visit(`${GTAG} ${DENIED} hyperedge('consent-mode')`);
    await settled(page);
    expect(await said(page)).toBeUndefined();
    await gtag(page, 'update', {
      personalization_storage: 'granted',
      analytics_storage: 'granted',
      ad_storage: 'granted',
    });
    await standing(page, { personalization: true, analytics: true, ads: undefined });
    await until(() => consents().includes('granted'));
    expect(double.received.at(-1)?.body.purposes).toEqual({ ads: false });
    await gtag(page, 'update', { ad_user_data: 'granted', ad_personalization: 'granted' });
    await standing(page, { ads: true });
    await gtag(page, 'update', { personalization_storage: 'denied', ad_user_data: 'denied' });
    await standing(page, { personalization: false, analytics: true, ads: false });
    await gtag(page, 'default', { personalization_storage: 'granted' });
    await settled(page);
    expect(await said(page)).toMatchObject({ personalization: false });
  });

  test('said before the part came; defaults that grant count, those of a region never do', async () => {
    const page = await visit(
      `${GTAG} gtag('consent', 'default', { personalization_storage: 'granted', analytics_storage: 'granted' });
       gtag('consent', 'default', { analytics_storage: 'denied', region: ['DE'] });
       gtag('consent', 'default', { functionality_storage: 'granted', region: ['US'] }); hyperedge('consent-mode')`,
    );
    await standing(page, { personalization: true, analytics: undefined, functional: undefined });
  });

  test('without a data layer one is begun; another mapping; what else is pushed goes on as it did', async () => {
    const page = await visit("hyperedge('consent-mode', { map: { personalization: ['analytics_storage'] } })");
    await until(() => page.evaluate(() => Array.isArray((window as unknown as { dataLayer?: unknown }).dataLayer)));
    const length = await page.evaluate(
      `(() => { ${GTAG} window.gtag = gtag; return dataLayer.push({ event: 'x' }) })()`,
    );
    expect(length).toBe(1);
    await gtag(page, 'update', { analytics_storage: 'granted' });
    await standing(page, { personalization: true, analytics: true });
  });
});

describe('gpc', () => {
  const ON = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });";

  test('a browser that says no says it to ads, whatever banners say; to more where told; without it nothing is said', async () => {
    const page = await visit(`${ON} ${TCF} hyperedge('gpc'); hyperedge('tcf')`);
    await tell(page, { eventStatus: 'useractioncomplete', purpose: { consents: ids(1, 2, 3, 4, 5, 6, 7, 8, 9) } });
    await standing(page, of(true, true, true, false));
    await page.evaluate(() => hyperedge('gpc', { refuse: ['ads', 'analytics'] }));
    await standing(page, of(true, true, false, false));
    await close();
    const other = await visit("hyperedge('gpc')");
    await settled(other);
    expect(await said(other)).toBeUndefined();
  });
});
