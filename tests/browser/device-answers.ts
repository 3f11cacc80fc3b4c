/** What the double answers of decisions on the device: for each placement that it has content for, one campaign with one arm. */
import type { DecisionAnswer } from '../../contract/decisions.ts';
import type { DeviceBundleRequest, DeviceDecisionsRequest } from '../../contract/device.ts';
import { BUNDLE_FORMAT, type DeviceBundle } from '../../decisioning/device/bundle.ts';

const LIFE_MS = 600_000;

/** A bundle whose signature nobody checks; `anonymousId` with consent alone. What has no content is to be asked for as ever. */
export function bundleAnswer(
  contents: Readonly<Record<string, NonNullable<DecisionAnswer['content']>>>,
  asked: DeviceBundleRequest,
  id?: string,
) {
  const here = asked.placements.filter((placement) => contents[placement]);
  const bundle: DeviceBundle = {
    format: BUNDLE_FORMAT,
    nonce: 'nonce-of-this-visitor',
    workspaceId: 'w',
    siteId: 's',
    ...(id && { customer: 'object' }),
    issuedAtMs: Date.UTC(2026, 10, 22),
    reads: {},
    places: here.map((placement) => ({
      placement,
      seed: '0123456789abcdef0123456789abcdef',
      exploration: 0,
      campaigns: [
        {
          id: 'local',
          armsKey: 'k',
          armIds: ['a'],
          condition: null,
          contexts: [],
          leaves: { rest: { arms: [1], rank: 0 } },
        },
      ],
    })),
  };
  return {
    customer: id ? { anonymousId: id } : {},
    bundle: { signed: JSON.stringify(bundle), signature: 'k1.mac' },
    lifeMs: LIFE_MS,
    contents: Object.fromEntries(
      here.map((placement) => [placement, { default: null, arms: { local: { a: contents[placement] } } }]),
    ),
    others: Object.fromEntries(
      asked.placements.filter((placement) => !here.includes(placement)).map((name) => [name, 'other_campaigns']),
    ),
  };
}

/** A token for each of them that has a campaign. */
export const decisionsAnswer = ({ decisions }: DeviceDecisionsRequest) => ({
  decisions: decisions.map(({ placement, campaign }) => ({
    placement,
    status: 'accepted',
    ...(campaign && { decisionId: `device-${placement}`, token: `ht1.${placement}.device${Math.random()}` }),
  })),
});
