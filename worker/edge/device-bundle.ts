/** Bundles for devices: what a page may decide with, signed. */
import type { DeviceBundleRequest, DeviceBundleResponse } from '../../contract/device.ts';
import { MAX_DEVICE_BUNDLE_CHARS, MAX_DEVICE_CONTENTS_CHARS } from '../../contract/limits.ts';
import { buildPlace } from '../../decisioning/device/build-place.ts';
import {
  BUNDLE_FORMAT,
  DEVICE_BUNDLE_LIFE_MS,
  type DeviceBundle,
  type DevicePlace,
  type DeviceRead,
} from '../../decisioning/device/bundle.ts';
import type { NotInBundle } from '../../decisioning/device/reasons.ts';
import { conditionAttributes } from '../../decisioning/request-attributes.ts';
import { type Evidence, evidenceFrom } from '../../decisioning/view.ts';
import { hexOf, hmac, hmacText, randomText } from '../../durable-objects/shared/naming.ts';
import type { Auth } from '../http/auth.ts';
import type { EdgeCatalog } from './catalog.ts';
import { equalInConstantTime, mac } from './mac.ts';
import { publicIds } from './public-models.ts';
import { requestFacts } from './request-facts.ts';
import type { PlacementSlices } from './slices.ts';
import { signingKey, tokenKey } from './token-keys.ts';
import type { Visitor } from './visitor.ts';

const NONCE_BYTES = 16;

interface Asked {
  readonly auth: Auth;
  readonly visitor: Visitor;
  readonly catalog: EdgeCatalog;
  readonly slices: ReadonlyMap<string, PlacementSlices>;
  readonly body: DeviceBundleRequest;
  readonly request: Request;
  readonly nowMs: number;
}

/**
 * The same for a customer however often they ask within a bundle's life: what they report counts once, and no arm can be had by asking until it
 * comes. Nobody's is drawn: nothing can be reported with it.
 */
function nonceOf(env: Env, { auth, visitor, nowMs }: Asked): string {
  if (visitor.kind === 'none') return randomText();
  const slot = String(Math.floor(nowMs / DEVICE_BUNDLE_LIFE_MS));
  return hmacText(env.NAMING_SECRET, auth.workspaceId, 'device-nonce', auth.siteId, visitor.name, slot);
}

function seedOf(env: Env, { auth }: Asked, nonce: string, placement: string): string {
  const bytes = hmac(env.NAMING_SECRET, auth.workspaceId, 'device-seed', nonce, placement);
  return hexOf(bytes.subarray(0, NONCE_BYTES));
}

type Contents = DeviceBundleResponse['contents'];

/** Contents of the arms that can come up, and of nothing else. */
function contentsOf({ campaigns }: Omit<DevicePlace, 'seed'>, { contents }: PlacementSlices): Contents[string] {
  const arms = campaigns.map(({ id, armIds, leaves }) => {
    const possible = armIds.filter((_, i) => Object.values(leaves).some((leaf) => leaf.arms[i]! > 0));
    const own = contents.contents[id] ?? {};
    return [id, Object.fromEntries(possible.flatMap((arm) => (Object.hasOwn(own, arm) ? [[arm, own[arm]]] : [])))];
  });
  return { default: contents.defaultContent, arms: Object.fromEntries(arms) } as Contents[string];
}

/** What has gone into a bundle so far. */
interface Packed {
  readonly places: DevicePlace[];
  readonly reads: Record<string, DeviceRead>;
  readonly contents: Contents;
  readonly others: Record<string, NotInBundle>;
}

/** Models that these placements name and pages have. */
async function publicModelsOf(env: Env, { auth, slices, catalog }: Asked): Promise<ReadonlySet<string>> {
  const named = new Set([...slices.values()].flatMap(({ rules }) => rules.rules.models ?? []));
  const models = [...named].flatMap((id) => catalog.models.get(id) ?? []);
  return publicIds(env, auth.workspaceId, models);
}

async function pack(env: Env, asked: Asked, nonce: string): Promise<Packed> {
  const { catalog, slices, body, request, visitor, nowMs } = asked;
  const { killSwitch, pausedCampaigns } = catalog.switches;
  const evidence: Evidence = evidenceFrom((campaignId) => catalog.allocations.get(campaignId));
  const facts = {
    evidence,
    killSwitch,
    paused: new Set(pausedCampaigns),
    attributes: conditionAttributes({
      traits: {},
      request: requestFacts(request, body.context),
      nowMs,
      timeZone: undefined,
      anonymous: visitor.kind !== 'known',
    }),
    declared: catalog.directory.attributes,
    nowMs,
    publicModels: await publicModelsOf(env, asked),
  };
  const packed: Packed = { places: [], reads: {}, contents: {}, others: {} };
  let [bundleChars, contentChars] = [0, 0];
  for (const placement of body.placements) {
    const found = slices.get(placement);
    const built = found ? buildPlace({ ...facts, slice: found.rules }) : { reason: 'unknown_placement' as const };
    if (!found || 'reason' in built) {
      packed.others[placement] = 'reason' in built ? built.reason : 'unknown_placement';
      continue;
    }
    const place = { ...built.place, seed: seedOf(env, asked, nonce, placement) };
    const contents = contentsOf(place, found);
    bundleChars += JSON.stringify([place, built.reads]).length;
    contentChars += JSON.stringify(contents).length;
    if (bundleChars > MAX_DEVICE_BUNDLE_CHARS - MAX_ENVELOPE_CHARS || contentChars > MAX_DEVICE_CONTENTS_CHARS) {
      packed.others[placement] = 'too_large';
      continue;
    }
    packed.places.push(place);
    Object.assign(packed.reads, built.reads);
    packed.contents[placement] = contents;
  }
  return packed;
}

/** Nonce, names and times of a bundle, its longest ids included. */
const MAX_ENVELOPE_CHARS = 500;

/** A bundle for one visitor, and what goes with it. */
export async function makeBundle(env: Env, asked: Asked): Promise<DeviceBundleResponse> {
  const { auth, visitor, nowMs } = asked;
  const nonce = nonceOf(env, asked);
  const { places, reads, contents, others } = await pack(env, asked, nonce);
  const bundle: DeviceBundle = {
    format: BUNDLE_FORMAT,
    nonce,
    workspaceId: auth.workspaceId,
    siteId: auth.siteId,
    ...(visitor.kind !== 'none' && { customer: visitor.name }),
    issuedAtMs: nowMs,
    reads,
    places,
  };
  const signed = JSON.stringify(bundle);
  const { kid, secret } = signingKey(env.TOKEN_KEYS);
  return {
    customer: visitor.kind !== 'none' && visitor.anonymousId ? { anonymousId: visitor.anonymousId } : {},
    bundle: { signed, signature: `${kid}.${mac(secret, 'device-bundle', signed)}` },
    lifeMs: DEVICE_BUNDLE_LIFE_MS,
    contents,
    others,
  };
}

/** The bundle, if it was signed here: nothing of it is read before. */
export function readBundle(
  env: Pick<Env, 'TOKEN_KEYS'>,
  { signed, signature }: DeviceBundleResponse['bundle'],
): DeviceBundle | undefined {
  const [kid = '', given = ''] = signature.split('.');
  const key = tokenKey(env.TOKEN_KEYS, kid);
  if (!key || !equalInConstantTime(given, mac(key.secret, 'device-bundle', signed))) return undefined;
  const bundle = JSON.parse(signed) as DeviceBundle;
  return bundle.format === BUNDLE_FORMAT ? bundle : undefined;
}
