/** Every part of the page script, and what a site starts it with: a part that is added is in every test of all parts by its file alone. */
import { readdirSync } from 'node:fs';

export const PARTS = readdirSync(new URL('../../client-snippet/parts/', import.meta.url))
  .filter((file) => /^[a-z-]+\.ts$/.test(file))
  .map((file) => file.replace(/\.ts$/, ''));

/** Arguments as they stand in a page; parts that are not here take none, or need none. */
export const ARGUMENTS: Readonly<Record<string, string>> = {
  'consent-mode': "{ map: { personalization: ['personalization_storage'] } }",
  device: '{ attributes: { age: 30 } }',
  events: "{ dwell: [1], scroll: true, seenMs: 200, forms: { form: 'signup' }, clicks: { h1: 'head' } }",
  forward: '{ dataLayer: true, gtag: true, segment: true, posthog: true, clicks: true }',
  goal: "'signup', { value: 3, placement: 'hero' }",
  gpc: "{ refuse: ['ads'] }",
  gpp: "{ refuse: ['ads'] }",
  identity: "'crm-1', () => '9.sig'",
  placements: "[{ id: 'late', selector: '#late' }]",
  purposes: '{ functional: true, personalization: true, analytics: true, ads: true }',
  score:
    "{ models: ['purchase-intent'], page: { kind: 'product', value: 3 }, count: 'basketAdds', send: { 'purchase-intent': 'intent' } }",
  tcf: '{ vendorId: 755 }',
};

/** The calls that start all of them; `changed` takes the place of arguments. */
export const callsOf = (parts: readonly string[], changed: Readonly<Record<string, string>> = {}): string =>
  parts.map((part) => `hyperedge('${part}', ${{ ...ARGUMENTS, ...changed }[part] ?? '{}'});`).join('\n');
