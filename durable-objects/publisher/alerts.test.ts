import { evictDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import type { Alert } from './protocol.ts';
import { newPublisher } from './testing/fixtures.ts';

/** An alert that was raised at 1,000, with figures of that moment; null: of a version that tells no moment. */
function uncharged(units: number, figuresAtMs: number | null): Alert {
  return {
    id: 'budget pool:spring once uncharged',
    kind: 'ledger_uncharged',
    subject: 'pool:spring',
    raisedAtMs: 1_000,
    ...(figuresAtMs !== null && { figuresAtMs }),
    detail: { uncharged: units },
  };
}

describe('an alert that is raised again', () => {
  test.each([
    ['has the later figures', uncharged(5, 1_000), uncharged(9, 2_000), 9],
    ['late, after a call that overtook it, changes nothing', uncharged(9, 2_000), uncharged(5, 1_000), 9],
    ['by a version that tells no moment is believed', uncharged(9, 2_000), uncharged(12, null), 12],
    ['after a version that told no moment is believed', uncharged(9, null), uncharged(12, 1_500), 12],
  ])('%s', async (_, first, second, units) => {
    const { workspaceId, publisher } = await newPublisher();
    await publisher.raiseAlert(workspaceId, first);
    await publisher.acknowledgeAlert(first.id, 'kim', 3_000);
    await publisher.raiseAlert(workspaceId, second);
    await evictDurableObject(publisher);
    const acknowledged = { actor: 'kim', atMs: 3_000 };
    expect(await publisher.alerts()).toMatchObject([{ raisedAtMs: 1_000, detail: { uncharged: units }, acknowledged }]);
  });

  test('to be acknowledged keeps who was first, in whatever order they say so', async () => {
    const { workspaceId, publisher } = await newPublisher();
    const alert = uncharged(5, 1_000);
    await publisher.raiseAlert(workspaceId, alert);
    await publisher.acknowledgeAlert(alert.id, 'kim', 3_000);
    const again = await publisher.acknowledgeAlert(alert.id, 'lou', 2_000);
    expect(again?.acknowledged).toEqual({ actor: 'kim', atMs: 3_000 });
  });
});
