/**
 * Decisions on the device: `hyperedge('device', { key, attributes })`. Requests for placements are answered here, with the core's own
 * `decide()` over a bundle that the API signed; whatever is not for devices is asked for as ever. Attributes given here stay here.
 */
import type { Core } from '../lib/core.ts';
import type { Decision } from '../lib/wire.ts';
import { type Asked, choose, type Told } from './device/choose.ts';
import { type BundleAnswer, forget, type Kept, keep, kept, keptFor } from './device/kept.ts';
import { MARK, once, tokenOf, withTokens } from './device/tokens.ts';

interface Options {
  /** The publishable key, where the script's tag has none: then nothing is asked before this part is here. */
  key?: string;
  attributes?: Record<string, unknown>;
}

/** Known here, and told nobody. */
const own: Record<string, unknown> = {};
let page: Core | undefined;
/** What carried requests before. */
let network: typeof fetch;
/** How often consent changed or the visitor was forgotten: what was asked before is over then. */
let turns = 0;

/** An answer that is there at once, and whose objects are those that tokens are written into later. */
const answered = (json: unknown): Response => Object.assign(Response.json(json), { json: async () => json });

const whoOf = (consent: string, { id, anonymousId }: NonNullable<Asked['customer']>): string =>
  [consent, id, anonymousId].join(' ');

const post = async <T>(path: string, body: object, options?: RequestInit): Promise<T> => {
  const url = new URL(`/v1/device/${path}`, page?.$settings.api);
  const response = await network(url, { ...options, method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw response;
  return response.json();
};

/** A bundle for what is asked now, and what was asked before. */
const load = async (asked: Asked, options?: RequestInit): Promise<void> => {
  const maxPlacements = 20;
  const before = { ...kept?.answer.contents, ...kept?.answer.others };
  const placements = [...new Set([...asked.placements, ...Object.keys(before)])];
  placements.splice(maxPlacements);
  const mine = turns;
  const answer = await post<BundleAnswer>('bundle', { ...asked, placements }, options);
  if (mine !== turns) throw answer; // given for somebody who has said otherwise meanwhile: neither kept nor used
  page?.$remember(answer.customer.anonymousId, asked.customer);
  if (page?.$settings.consent !== asked.consent) {
    turns++; // another tab took it back: that is heard of when storage is looked at
    throw answer;
  }
  const bundle = JSON.parse(answer.bundle.signed);
  const who = whoOf(asked.consent, { ...asked.customer, ...answer.customer });
  keep({ answer, bundle, who, atMs: Date.now() }, bundle.customer);
};

/** Asks for tokens, behind the page. */
const claim = ({ answer, bundle }: Kept, asked: Asked, decisions: Decision[], told: Told[]): void => {
  const { placements, ...rest } = asked;
  const ask = once(async () => {
    const body = {
      ...rest,
      customer: { ...rest.customer, ...answer.customer },
      bundle: answer.bundle,
      decisions: told,
    };
    const given = await post<{ decisions: { placement: string; token: string }[] }>('decisions', body, {
      keepalive: true,
    });
    return Object.fromEntries(given.decisions.map(({ placement, token }) => [placement, token]));
  });
  for (const decision of decisions) {
    const { campaign, arm, placement } = decision;
    if (!campaign) continue;
    const name = [MARK + bundle.nonce, campaign, arm, placement].join('.');
    decision.token = name;
    tokenOf(name, ask).then((token) => {
      decision.token = token ?? name;
    });
  }
};

/** Placements, or all, are asked for anew: what is not for devices by the entry itself, when it has shown what is. */
const askAgain = (placements?: string[]): void => {
  const { $decided, $plan } = page as Core;
  for (const target of [...$decided().keys()]) {
    const name = (target as HTMLElement | undefined)?.dataset?.hyperedge ?? target;
    if (placements?.includes(name as string) ?? true) $decided().delete(target);
  }
  $plan();
};

const decide = async (asked: Asked, options?: RequestInit): Promise<Response> => {
  keptFor(whoOf(asked.consent, asked.customer ?? {}));
  const isHere = (placement: string) => kept?.answer.contents[placement];
  if (!asked.placements.every((placement) => isHere(placement) || kept?.answer.others[placement]))
    await load(asked, options);
  const mine = kept as Kept;
  const { decisions, told } = choose(mine, asked, own);
  const others = asked.placements.filter((placement) => !isHere(placement));
  if (!decisions[0]) throw others;
  if (mine.bundle.customer) claim(mine, asked, decisions, told);
  if (others[0]) setTimeout(askAgain, 0, others);
  return answered({ decisions });
};

/** In place of `fetch`. */
const intercepted: typeof fetch = async (input, options) => {
  const path = `${input}`.replace(/.*\//, '');
  const body = `${options?.body}`;
  if (path === 'optimize') {
    const asked: Asked = JSON.parse(body);
    const mine = turns;
    // Previews are the API's, and so is everything that goes wrong here.
    if (!asked.preview)
      try {
        return await decide(asked, options);
      } catch {}
    if (mine !== turns) return answered({}); // nobody asks in the name of that consent any more
    // Whom a bundle named that has nothing for these placements: a first visitor is one, not two.
    return network(input, {
      ...options,
      body: JSON.stringify({ ...asked, customer: asked.customer ?? page?.$customer() }),
    });
  }
  if (path === 'feedback' && body.includes(`"${MARK}`)) {
    const report = JSON.parse(body);
    report.events = await withTokens(report.events);
    return report.events[0] && page?.$settings.consent === 'granted'
      ? network(input, { ...options, body: JSON.stringify(report) })
      : answered({});
  }
  return network(input, options);
};

/** Puts itself between the page and the API; called again it takes more attributes, and what is decided here is decided anew. */
export const start = (core: Core, { key, attributes }: Options = {}): void => {
  const { $settings, $commands } = core;
  Object.assign(own, attributes);
  // Before the first bundle all of them may be.
  if (page) askAgain(kept && Object.keys(kept.answer.contents));
  else {
    page = core;
    network = $settings.fetch ?? ((...call) => fetch(...call));
    $settings.fetch = intercepted;
    for (const name of ['consent', 'reset']) {
      const before = $commands[name];
      $commands[name] = (...values) => {
        if (values[0] !== $settings.consent) turns++; // said again it changes nothing
        // Scores are what a visitor did; the part that works them out hands on those of the next.
        if (values[0] !== 'granted') for (const path in own) if (/^models\./.test(path)) delete own[path];
        forget();
        before?.(...values);
      };
    }
  }
  if (key) $commands.init?.({ key } as never);
};
