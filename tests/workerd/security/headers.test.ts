/** What browsers are told besides content: of every page that is served as a file, and of every kind of answer of the API. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { call } from '../api.ts';
import { createWorkspace, publishDemo } from '../workspace.ts';

const bindings = env as unknown as Env;
const pages = import.meta.glob<string>('../../../worker/assets/dist/**/*.html', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const paths = Object.keys(pages).map((file) => file.slice(file.indexOf('/dist/') + '/dist'.length));

/** What an answer's headers and its page's own words say of scripts, one policy after the other; all of them hold. */
function policiesOf(header: string | null, html: string): string[] {
  const metas = [...html.matchAll(/<meta http-equiv="Content-Security-Policy" content="([^"]*)"/g)].map(
    ([, policy]) => policy!,
  );
  return [...(header === null ? [] : [header]), ...metas];
}

const directive = (policy: string, name: string) =>
  policy
    .split(';')
    .map((one) => one.trim())
    .find((one) => one.startsWith(`${name} `));

/** Whether one of the policies lets no text of the page become a script: own files, or nonces. */
const isStrict = (policies: readonly string[]) =>
  policies.some((policy) => {
    const scripts = directive(policy, 'script-src');
    return scripts !== undefined && !/unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)|https?:|\*|data:/.test(scripts);
  });

/** Scripts and handlers in a page's text that its policies do not name. */
function loose(html: string): string[] {
  const nonce = /'nonce-([^']+)'/.exec(policiesOf(null, html).join(';'))?.[1];
  const scripts = [...html.matchAll(/<script\b([^>]*)>/g)].map(([, attributes]) => attributes!);
  const inline = scripts.filter((attributes) => !/\bsrc="\//.test(attributes) || nonce !== undefined);
  const handlers = html.match(/<[^>]+\son[a-z]+\s*=/gi) ?? [];
  return [...inline.filter((attributes) => !attributes.includes(`nonce="${nonce}"`)), ...handlers];
}

const PAGE = `<meta http-equiv="Content-Security-Policy" content="script-src 'nonce-x'">`;

describe('headers of pages', () => {
  it('are looked at on every page that is built', () => {
    expect(paths.length).toBeGreaterThan(50);
    for (const path of ['/index.html', '/docs/index.html', '/demo/index.html', '/docs/guides/quickstart.html'])
      expect(paths).toContain(path);
  });

  it('would find a page without a policy, with a loose one, and with text that runs', () => {
    expect(isStrict(policiesOf("frame-ancestors 'self'", '<p>'))).toBe(false);
    expect(isStrict(["script-src 'self' 'unsafe-inline'"])).toBe(false);
    expect(isStrict(["script-src 'self' https://cdn.example"])).toBe(false);
    expect(isStrict(["script-src 'nonce-x' 'wasm-unsafe-eval'"])).toBe(true);
    expect(loose('<script>x()</script>')).toHaveLength(1);
    expect(loose('<a onclick="x()">')).toHaveLength(1);
    expect(loose(`${PAGE}<script nonce="y" src="/a.js">`)).toHaveLength(1);
  });

  it.each(paths)(
    'of %s keep strangers out: policy without inline scripts, frames, types, referrer, permissions, HTTPS',
    async (path) => {
      const answer = await bindings.ASSETS.fetch(
        `https://api.example${path.replace(/index\.html$/, '').replace(/\.html$/, '')}`,
      );
      const html = await answer.text();
      expect(answer.status).toBe(200);
      const policies = policiesOf(answer.headers.get('content-security-policy'), html);
      expect(isStrict(policies), path).toBe(true);
      expect(policies.some((policy) => directive(policy, 'frame-ancestors'))).toBe(true);
      expect(loose(html)).toEqual([]);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('referrer-policy')).toMatch(/^(no-referrer|strict-origin-when-cross-origin)$/);
      expect(answer.headers.get('permissions-policy')).toContain('camera=()');
      expect(answer.headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
    },
  );
});

describe('headers of the API', () => {
  it('say nosniff and HTTPS of every answer, and no-store of all that is anybody’s', async () => {
    const workspace = await createWorkspace(bindings);
    await publishDemo(bindings, workspace);
    const { secretKey } = workspace;
    const answers = [
      await call('POST', '/v1/optimize', secretKey, { placements: ['hero'], customer: { id: 'ann' } }),
      await call('GET', '/v1/customers/ann', secretKey),
      await call('POST', '/v1/explain', secretKey, { placements: ['hero'], customer: { id: 'ann' } }),
      await call('POST', '/v1/events', secretKey, {
        customer: { id: 'ann' },
        events: [{ kind: 'goal', goal: 'click' }],
      }),
      await call('POST', '/v1/feedback', secretKey, { token: 'none', kind: 'exposure' }),
      await call('GET', '/v1/audit', secretKey),
      await call('GET', '/v1/sites/shop/secret', secretKey),
      await call('GET', '/v1/sites/shop/keys', secretKey),
      await call('GET', '/v1/campaigns/demo/performance', secretKey),
      await call('POST', '/v1/optimize', undefined, {}),
      await call('GET', '/nowhere', undefined),
    ];
    for (const { headers } of answers) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
      expect(headers.get('cache-control')).toMatch(/no-store|private/);
      expect(headers.get('content-type') ?? 'application/json').toMatch(/^application\/(problem\+)?json/);
    }
  });
});
