/**
 * How often a network, a key and a customer may ask: token buckets of each isolate, so that nobody takes what others need. They shield; what must never
 * be passed (caps, budgets, what is learned) is held by the objects.
 */
import { fnv1a32 } from '../../decisioning/hash.ts';
import { base64Url, hmac } from '../../durable-objects/shared/naming.ts';
import type { Auth } from './auth.ts';
import { Buckets } from './buckets.ts';
import { networkOf } from './network.ts';
import type { Checked } from './problem.ts';
import { refused } from './problem.ts';

/** Of one network (/24, /56) with publishable keys: an office or a carrier's gateway with a thousand visitors who each open a page in five seconds. */
export const MAX_NETWORK_PER_SECOND = 200;
/** Of one customer with a publishable key: a page asks on each route and reports twice a second at most; several of its tabs do. */
export const MAX_IDENTITY_PER_SECOND = 20;
/** Of one publishable key in one isolate: about what an isolate decides in a second, so that the sites beside it are served as well. */
export const MAX_PUBLISHABLE_PER_SECOND = 1_000;
/** Of one secret key: servers ask for all of their customers, and send what piled up. */
export const MAX_SECRET_PER_SECOND = 5_000;
/** Keys of one network that are looked up in the database, because this isolate does not know them: whoever guesses keys asks us, not it. */
export const MAX_LOOK_UPS_PER_SECOND = 10;
/** Of each limit, what may come at once: pages open at the full hour, queues of phones when a train leaves a tunnel. */
export const BURST_SECONDS = 10;
/** Least and greatest factor that the variable `RATE_FACTOR` may ask for. */
const MIN_RATE_FACTOR = 0.001;
const MAX_RATE_FACTOR = 1_000;

/** What the platform's rate limiting binding does; it counts per location, where ours count per isolate. */
export interface RateBinding {
  limit(options: { readonly key: string }): Promise<{ readonly success: boolean }>;
}

interface RateSettings {
  readonly SHIELD?: unknown;
  readonly RATE_FACTOR?: unknown;
  readonly NETWORK_RATE?: RateBinding;
  readonly NAMING_SECRET: string;
}

const fresh = () => ({
  networks: new Buckets(BURST_SECONDS),
  identities: new Buckets(BURST_SECONDS),
  keys: new Buckets(BURST_SECONDS),
  lookUps: new Buckets(BURST_SECONDS),
});

let buckets = fresh();
/** Networks are remembered by a hash that is of no use outside of this isolate. Drawn within a request: nothing random may be drawn before the first. */
let salt: number | undefined;

/** Forgets who asked how often, as a new isolate would have it. */
export function forgetRates(): void {
  buckets = fresh();
}

/** What all limits are multiplied by in this deployment; undefined where there are none. */
function factorOf(env: object): number | undefined {
  const { SHIELD, RATE_FACTOR } = env as RateSettings;
  if (SHIELD === 'off') return undefined;
  const told = Number(RATE_FACTOR ?? 1);
  return told >= MIN_RATE_FACTOR && told <= MAX_RATE_FACTOR ? told : 1;
}

const ADMITTED = { ok: true, value: undefined } as const;

function take(env: object, from: Buckets, name: string, perSecond: number, nowMs: number): Checked<undefined> {
  const factor = factorOf(env);
  const waitMs = factor === undefined ? 0 : from.take(name, perSecond * factor, nowMs);
  return waitMs === 0 ? ADMITTED : tooMany(waitMs);
}

function tooMany(waitMs: number): Checked<undefined> {
  const { refusal } = refused('rate_limited');
  return { ok: false, refusal: { ...refusal, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) } };
}

function hashed(network: string): string {
  salt ??= crypto.getRandomValues(new Uint32Array(1))[0] as number;
  return String(fnv1a32(network, salt));
}

/** Whether the network may ask. Nobody's is counted who shows a secret key: it is looked up first, and counts itself. */
export function admitNetwork(
  env: object,
  request: Pick<Request, 'headers'>,
  key: string | undefined,
  nowMs: number,
): Checked<undefined> | Promise<Checked<undefined>> {
  const network = key?.startsWith('sk_') ? undefined : networkOf(request);
  if (network === undefined) return ADMITTED;
  const admitted = take(env, buckets.networks, hashed(network), MAX_NETWORK_PER_SECOND, nowMs);
  const { NETWORK_RATE, NAMING_SECRET } = env as RateSettings;
  if (!admitted.ok || !NETWORK_RATE) return admitted;
  return admitInColo(NETWORK_RATE, base64Url(hmac(NAMING_SECRET, 'rate', network)));
}

/** A platform that cannot tell keeps nobody out. */
async function admitInColo(binding: RateBinding, key: string): Promise<Checked<undefined>> {
  const { success } = await binding.limit({ key }).catch(() => ({ success: true }));
  return success ? ADMITTED : tooMany(0);
}

/** Whether a key that this isolate does not know may be looked up for the network. */
export function admitLookUp(env: object, request: Pick<Request, 'headers'>, nowMs: number): boolean {
  const network = networkOf(request);
  return network === undefined || take(env, buckets.lookUps, hashed(network), MAX_LOOK_UPS_PER_SECOND, nowMs).ok;
}

/** Whether the key may ask. */
export function admitKey(env: object, auth: Pick<Auth, 'keyId' | 'keyType'>, nowMs: number): Checked<undefined> {
  const perSecond = auth.keyType === 'secret' ? MAX_SECRET_PER_SECOND : MAX_PUBLISHABLE_PER_SECOND;
  return take(env, buckets.keys, auth.keyId, perSecond, nowMs);
}

/** Whether a customer may ask, by their object's name. A secret key speaks for its server. */
export function admitIdentity(
  env: object,
  auth: Pick<Auth, 'keyType'>,
  name: string,
  nowMs: number,
): Checked<undefined> {
  if (auth.keyType === 'secret') return ADMITTED;
  return take(env, buckets.identities, name, MAX_IDENTITY_PER_SECOND, nowMs);
}
